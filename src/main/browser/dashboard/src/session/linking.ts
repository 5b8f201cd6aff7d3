import { computed, onScopeDispose, ref, watch } from 'vue';
import { useFeed, onEvents } from '@/event/feed';
import { answer, http } from '@/http/client';
import { Refusal } from '@/http/refusal';
import type { Device, State } from './devices';

/** What is to be shown while a device is being linked. */
export type Phase = 'opening' | 'code' | 'expired' | 'pairing' | 'syncing' | 'recovering' | 'lost' | 'connected' | 'stopped' | 'failed';

interface Facts {
  state: State;
  reason: string;
  opening: boolean;
  code: boolean;
  failed: boolean;
}

export function phaseOf({ state, reason, opening, code, failed }: Facts): Phase {
  if (state === 'connected') return 'connected';
  if (failed) return 'failed';
  switch (state) {
    case 'syncing':
      return 'syncing';
    case 'pairing':
      return code ? 'code' : 'pairing';
    case 'qr_required':
      return code ? 'code' : !opening && reason !== '' ? 'expired' : 'opening';
    case 'recovering':
      return 'recovering';
    case 'connecting':
      return 'opening';
    case 'disconnected':
      return opening ? 'opening' : reason === '' || reason.includes('request') || reason === 'stopped' ? 'stopped' : 'lost';
    case 'created':
    case 'logged_out':
    case 'auth_failed':
    case 'cancelled':
    case 'error':
      return opening ? 'opening' : 'stopped';
  }
}

/** Opens the device's page and follows it, from the first code to the connection. */
export function useLinking(device: Device) {
  const { deviceId } = device;
  const state = ref<State>(device.state);
  const reason = ref(device.stateReason);
  const phoneNumber = ref(device.phoneNumber);
  /** The picture as a data URL, and when it came. */
  const code = ref<string>();
  const codeSince = ref(0);
  const opening = ref(false);
  const failure = ref<Refusal>();
  let heard = 0;
  let gone = false;

  function show(picture: string | undefined): void {
    if (picture !== code.value) {
      code.value = picture;
      codeSince.value = Date.now();
    }
  }

  /** Idempotent, as the call is: a code that is shown already stays. */
  async function start(): Promise<void> {
    if (opening.value) return;
    opening.value = true;
    failure.value = undefined;
    const before = heard;
    try {
      const params = { path: { deviceId } };
      const { data } = await answer(http.POST('/api/whatsapp-multi-device/devices/{deviceId}/connect', { params }));
      if (before === heard || data.isConnected) {
        took(data.state, data.stateReason, data.phoneNumber);
      }
      if (data.qrCode !== null && code.value === undefined) {
        show(data.qrCode);
      }
    } catch (cause) {
      failure.value = Refusal.from(cause);
    } finally {
      opening.value = false;
    }
  }

  function took(next: State, why: string, phone: string | null): void {
    [state.value, reason.value, phoneNumber.value] = [next, why, phone];
    if ((next !== 'qr_required' && next !== 'pairing') || why !== '') {
      show(undefined);
    }
  }

  onEvents(['device-status', 'qr-code'], (event) => {
    if (event.deviceId !== deviceId || gone) return;
    if (event.type === 'qr-code') {
      show(event.qrCode);
      return;
    }
    heard++;
    took(event.state, event.reason, event.phoneNumber);
  });
  // Codes are told live only: after a break the present one has to be asked for.
  const feed = useFeed();
  watch(
    () => feed.status,
    (now, before) => {
      if (now === 'live' && before === 'broken' && state.value !== 'connected') void start();
    },
  );
  onScopeDispose(() => (gone = true));

  const phase = computed(() =>
    phaseOf({
      state: state.value,
      reason: reason.value,
      opening: opening.value,
      code: code.value !== undefined,
      failed: failure.value !== undefined,
    }),
  );
  return { phase, reason, phoneNumber, code, codeSince, failure, start };
}
