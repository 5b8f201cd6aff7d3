import { computed, nextTick, reactive, ref, type UnwrapNestedRefs } from 'vue';
import { Refusal } from '@/http/refusal';

/**
 * What is entered, and what the server said of it. `errors` has the reasons of its refusal by field; `failure` is the refusal where a field of it is
 * not shown here, so that nothing that was said is lost.
 *
 * @param blank the form as it opens
 * @param shown the fields that say their own errors; `messages[0].to` counts as `messages`
 */
export function useForm<V extends object>(blank: () => V, shown: readonly (keyof V & string)[], submit: (values: UnwrapNestedRefs<V>) => Promise<void>) {
  const values = reactive(blank());
  const refusal = ref<Refusal>();
  const busy = ref(false);

  const errors = computed<Partial<Record<string, string>>>(() =>
    Object.fromEntries([...(refusal.value?.fields ?? [])].map(([field, reason]) => [field.split(/[.[]/)[0], reason])),
  );
  const failure = computed(() => {
    const fields = [...(refusal.value?.fields.keys() ?? [])].map((field) => field.split(/[.[]/)[0]);
    return fields.length > 0 && fields.every((field) => (shown as readonly (string | undefined)[]).includes(field)) ? undefined : refusal.value;
  });

  /** True when it was done. */
  async function send(): Promise<boolean> {
    busy.value = true;
    refusal.value = undefined;
    try {
      await submit(values);
      return true;
    } catch (cause) {
      refusal.value = Refusal.from(cause);
      void nextTick(toFirstWrong);
      return false;
    } finally {
      busy.value = false;
    }
  }

  /** What was refused is forgotten, what is entered stays. */
  function clear(): void {
    refusal.value = undefined;
  }

  function reset(): void {
    Object.assign(values, blank());
    clear();
  }

  return { values, errors, failure, busy, send, clear, reset };
}

/** To where something is to be mended, which may be out of sight. */
function toFirstWrong(): void {
  const wrong = '[aria-invalid="true"]';
  const page = globalThis.document as Document | undefined;
  (page?.querySelector<HTMLElement>(`[role="dialog"] ${wrong}`) ?? page?.querySelector<HTMLElement>(wrong))?.focus();
}

/** What can be seen to be wrong before it is sent: throws a refusal that says so next to the fields. */
export function check(wrong: Record<string, string | false>): void {
  const fields = Object.entries(wrong).filter((entry): entry is [string, string] => entry[1] !== false);
  const [first] = fields;
  if (first !== undefined) {
    throw new Refusal(400, 'INVALID_PAYLOAD', first[1], { fields: new Map(fields) });
  }
}
