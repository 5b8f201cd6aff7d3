import { ref } from 'vue';
import { useI18n } from 'vue-i18n';
import { useQueryClient } from '@tanstack/vue-query';
import { answer, http } from '@/http/client';
import { confirm } from '@/ui/confirm';
import { say, sayRefused } from '@/ui/toasts';
import type { Device } from './devices';

/** What is done at once, or after a question. */
export type Deed = 'connect' | 'restart' | 'disconnect' | 'wipe' | 'delete';

const DANGEROUS = new Set<Deed>(['disconnect', 'wipe', 'delete']);

/** Does things to devices: asks first, says what came of it. `busy` is what is being done now. */
export function useDeeds() {
  const { t } = useI18n();
  const queries = useQueryClient();
  const busy = ref<Deed>();

  /** True when it was done. */
  async function perform(deed: Deed, device: Device): Promise<boolean> {
    const name = device.deviceName;
    if (!(await agreed(deed, name))) {
      return false;
    }
    busy.value = deed;
    try {
      const after = await call(deed, device.deviceId);
      if (after === undefined) {
        queries.removeQueries({ queryKey: ['device', device.deviceId] });
      } else {
        queries.setQueryData(['device', device.deviceId], after);
      }
      say(t(`session.did.${deed}`, { name }));
      return true;
    } catch (cause) {
      sayRefused(t(`session.failed.${deed}`, { name }), cause);
      return false;
    } finally {
      busy.value = undefined;
      void queries.invalidateQueries({ queryKey: ['devices'] });
    }
  }

  async function agreed(deed: Deed, name: string): Promise<boolean> {
    if (deed === 'connect') {
      return true;
    }
    return await confirm({
      title: t(`session.ask.${deed}`, { name }),
      text: deed === 'delete' ? t('session.ask.deleteText') : t(`session.${deed}Text`),
      action: t(`session.${deed}`),
      danger: DANGEROUS.has(deed),
    });
  }

  return { busy, perform };
}

/** The device as it is then; undefined when it is no more. */
async function call(deed: Deed, deviceId: string): Promise<Device | undefined> {
  const params = { path: { deviceId } };
  switch (deed) {
    case 'connect': {
      const { qrCode: _, ...device } = (await answer(http.POST('/api/whatsapp-multi-device/devices/{deviceId}/connect', { params }))).data;
      return device;
    }
    case 'restart':
      return (await answer(http.POST('/api/whatsapp-multi-device/devices/{deviceId}/restart', { params }))).data;
    case 'disconnect':
      return (await answer(http.DELETE('/api/whatsapp-multi-device/devices/{deviceId}/disconnect', { params }))).data;
    case 'wipe':
      return (await answer(http.POST('/api/whatsapp-multi-device/devices/{deviceId}/cancel-and-wipe', { params }))).data;
    case 'delete':
      await answer(http.DELETE('/api/whatsapp-multi-device/devices/{deviceId}', { params }));
      return undefined;
  }
}
