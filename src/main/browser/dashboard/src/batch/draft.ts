import { computed, inject, provide, ref, shallowRef, watch, type InjectionKey } from 'vue';
import { refDebounced, watchDebounced } from '@vueuse/core';
import { answer, http } from '@/http/client';
import { keyKeeper } from '@/http/key';
import { Refusal } from '@/http/refusal';
import { forServer, ownZone, readLocal, settle } from '@/schedule/localtime';
import { useDevices } from '@/session/devices';
import { useForm } from '@/ui/form';
import { base64Of } from './file';
import { shownRecipient } from './number';
import { finish, workSeconds } from './pace';
import { check, itemsOf, refusedRows, variablesOf, type Checked } from './recipients';
import { guessUses, readTable, type Table, type Use } from './table';
import { fill, LONGEST_CAPTION, LONGEST_TEXT, places } from './template';

/** The server takes the file of all in one request with the list, as Base64. */
export const LARGEST_FILE = 16 * 1024 * 1024;

/** Of devices that have no country of their own, unless the server is set otherwise; it has the last word. */
const HOME = 'ID';

export type MediaType = '' | 'image' | 'video' | 'audio' | 'voice' | 'document' | 'sticker';

const blank = () => ({
  deviceId: undefined as string | undefined,
  kind: 'text' as 'text' | 'media',
  words: '',
  fileFrom: 'upload' as 'upload' | 'url',
  url: '',
  mediaType: '' as MediaType,
  when: 'now' as 'now' | 'later',
  at: '',
  zone: ownZone(),
  windowed: false,
  from: '08:00',
  to: '17:00',
  delay: '' as number | '',
  share: 100 as number | '',
  typing: false,
});

const SHOWN = ['template', 'caption', 'base64', 'url', 'file', 'mediaType', 'delay', 'share', 'window', 'scheduleTime', 'timezone', 'items'] as const;

/** A broadcast while it is composed. */
function makeDraft(started: (jobId: string, duplicates: number) => void) {
  const file = shallowRef<File>();
  const form = useForm<ReturnType<typeof blank> & Partial<Record<(typeof SHOWN)[number], unknown>>>(blank, SHOWN, submit);
  const { values } = form;

  const { data: devices } = useDevices(1, '', 100);
  const device = computed(() => devices.value?.data.devices.find((one) => one.deviceId === values.deviceId));
  watch(device, (now) => {
    values.zone = now?.timezone ?? ownZone();
  });

  // who gets it
  const pasted = ref('');
  const upload = shallowRef<File>();
  const table = shallowRef<Table>();
  const uses = ref<Use[]>([]);
  const reading = ref(false);
  const unread = shallowRef<unknown>();
  const checked = shallowRef<Checked>();
  const refused = shallowRef<ReadonlyMap<number, string>>(new Map());
  const leaveOut = ref(false);
  let readings = 0;
  let checks = 0;

  async function read(source: Blob): Promise<void> {
    const mine = ++readings;
    reading.value = true;
    unread.value = undefined;
    try {
      const found = await readTable(source, () => mine !== readings);
      if (mine === readings) {
        took(found);
      }
    } catch (cause) {
      if (mine === readings) {
        unread.value = cause;
        took(undefined);
      }
    } finally {
      if (mine === readings) {
        reading.value = false;
      }
    }
  }

  /** The choice of columns stays where the columns are the same. */
  function took(found: Table | undefined): void {
    const same = JSON.stringify(found?.columns.map(({ head }) => head ?? null)) === JSON.stringify(table.value?.columns.map(({ head }) => head ?? null));
    table.value = found;
    refused.value = new Map();
    leaveOut.value = false;
    if (!same || found === undefined) {
      uses.value = found === undefined ? [] : guessUses(found);
    }
  }

  watchDebounced(pasted, (text) => void read(new Blob([text])), { debounce: 250 });
  watch(upload, (now) => void read(now ?? new Blob([pasted.value])));

  const longest = computed(() => (values.kind === 'text' ? LONGEST_TEXT : LONGEST_CAPTION));
  watchDebounced(
    [table, uses, () => values.words, longest, () => device.value?.country, refused],
    async () => {
      const mine = ++checks;
      if (table.value === undefined) {
        checked.value = undefined;
        return;
      }
      const rules = {
        uses: uses.value.map((use) => ({ ...use })),
        template: values.words,
        longest: longest.value,
        country: device.value?.country ?? HOME,
        refused: refused.value,
      };
      checked.value = (await check(table.value, rules, () => mine !== checks)) ?? checked.value;
    },
    { debounce: 150, deep: true },
  );

  const variables = computed(() => uses.value.filter((use) => use.as === 'variable' && use.name !== '').map((use) => use.name));
  /** Of the text, after a pause in the typing. */
  const said = refDebounced(
    computed(() => values.words),
    150,
  );
  const unknown = computed(() => (table.value === undefined ? [] : places(said.value).filter((name) => !variables.value.includes(name))));

  function preview(n: number): { to: string; text: string } | undefined {
    const row = checked.value?.good[n];
    const cells = row === undefined ? undefined : table.value?.rows[row];
    const number = uses.value.findIndex((use) => use.as === 'number');
    return cells && { to: shownRecipient(cells[number] ?? '', device.value?.country ?? HOME), text: fill(values.words, variablesOf(cells, uses.value)) };
  }

  // when
  const settled = computed(() => {
    const wall = readLocal(values.at);
    return values.when === 'later' && wall !== undefined ? settle(wall, values.zone) : undefined;
  });
  const window = computed(() => (values.windowed ? { from: values.from, to: values.to, zone: values.zone } : undefined));
  const delay = computed(() => (values.delay === '' ? undefined : values.delay));
  /** `seconds` 0: as fast as the device may. */
  function estimate(now: Date): { seconds: number; end: Date } {
    const seconds = workSeconds(checked.value?.good.length ?? 0, delay.value);
    return { seconds, end: finish(settled.value?.instant ?? now, seconds, window.value) };
  }

  type Lack = 'device' | 'reading' | 'recipients' | 'bad' | 'words' | 'file' | 'tooLarge' | 'unknown' | 'time' | 'past' | 'window';
  /** What is to be done before it can start. */
  const lack = computed<Lack | undefined>(() => {
    if (values.deviceId === undefined) return 'device';
    if (reading.value) return 'reading';
    if (table.value === undefined || table.value.rows.length === 0) return 'recipients';
    if (values.kind === 'text' && values.words.trim() === '') return 'words';
    if (values.kind === 'media' && (values.fileFrom === 'upload' ? file.value === undefined : values.url.trim() === '')) return 'file';
    if (values.kind === 'media' && values.fileFrom === 'upload' && (file.value?.size ?? 0) > LARGEST_FILE) return 'tooLarge';
    if (unknown.value.length > 0) return 'unknown';
    if ((checked.value?.good.length ?? 0) === 0) return 'recipients';
    if ((checked.value?.bad.length ?? 0) > 0 && !leaveOut.value) return 'bad';
    if (values.when === 'later' && settled.value === undefined) return 'time';
    if (settled.value !== undefined && settled.value.instant <= new Date()) return 'past';
    if (values.windowed && (values.from === '' || values.to === '' || values.from === values.to)) return 'window';
    return undefined;
  });

  // starting
  const keys = keyKeeper();
  /** The last try ended without an answer: it may have begun. */
  const uncertain = ref(false);

  async function submit(): Promise<void> {
    const rows = checked.value?.good ?? [];
    if (table.value === undefined || values.deviceId === undefined) {
      return;
    }
    const deviceId = values.deviceId;
    const common = {
      items: itemsOf(table.value, rows, uses.value, values.words),
      ...(values.typing && values.kind === 'text' ? { typing: true } : {}),
      ...(delay.value === undefined ? {} : { delay: delay.value }),
      ...(values.share === '' || values.share === 100 ? {} : { share: values.share }),
      ...(window.value === undefined ? {} : { window: { from: values.from, to: values.to, timezone: values.zone } }),
      ...(values.when === 'now' ? {} : { scheduleTime: forServer(values.at), timezone: values.zone }),
    };
    const text = { template: values.words, ...common };
    const words = values.words.trim() === '' ? {} : { caption: values.words };
    const media = values.kind === 'media' ? { ...(await source()), ...words, ...common } : undefined;
    const key = keys.for(JSON.stringify([deviceId, media ?? text]));
    const params = { path: { deviceId }, header: { 'Idempotency-Key': key } };
    try {
      const { data } =
        media === undefined
          ? await answer(http.POST('/api/whatsapp-multi-device/devices/{deviceId}/jobs/send-text', { params, body: text }))
          : await answer(http.POST('/api/whatsapp-multi-device/devices/{deviceId}/jobs/send-media', { params, body: media }));
      keys.done();
      uncertain.value = false;
      started(data.jobId, data.duplicateCount);
    } catch (cause) {
      const refusal = Refusal.from(cause);
      uncertain.value = refusal.passing && refusal.status !== 429;
      const found = refusedRows(refusal.fields, rows);
      if (found.rows.size > 0) {
        refused.value = new Map([...refused.value, ...found.rows]);
        leaveOut.value = false;
      }
      throw refusal;
    }
  }

  async function source() {
    const type = values.mediaType === '' ? {} : { mediaType: values.mediaType };
    return values.fileFrom === 'url' || file.value === undefined
      ? { url: values.url.trim(), ...type }
      : { base64: await base64Of(file.value), fileName: file.value.name, ...type };
  }

  const lists = { pasted, upload, table, uses, reading, unread, checked, leaveOut };
  return { form, values, file, device, ...lists, longest, variables, unknown, preview, settled, window, delay, estimate, lack, uncertain };
}

export type Draft = ReturnType<typeof makeDraft>;
const KEY: InjectionKey<Draft> = Symbol('draft');

export function provideDraft(started: (jobId: string, duplicates: number) => void): Draft {
  const draft = makeDraft(started);
  provide(KEY, draft);
  return draft;
}

export function useDraft(): Draft {
  const draft = inject(KEY);
  if (draft === undefined) {
    throw new Error('there is no draft around this');
  }
  return draft;
}
