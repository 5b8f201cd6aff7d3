// What is measured is the same for each peer; a peer says how it adds, works and ends. One round per process, one line of JSON as its answer:
// jobs/s of adding one by one, adding in groups, working off what waits, and the full cycle; milliseconds of a full cycle.

const GROUP = 1000;

/** @param {{id: string}} job */
const payload = (job) => ({ ...job, to: "6281300000011", text: "Your parcel is on its way, number 1" });

/**
 * Runs `jobs` times `one`, `inFlight` at any time; answers the seconds.
 *
 * @param {number} jobs
 * @param {number} inFlight
 * @param {(number: number) => Promise<void>} one
 */
async function loops(jobs, inFlight, one) {
  let next = 0;
  const begin = performance.now();
  await Promise.all(
    Array.from({ length: inFlight }, async () => {
      for (let number = next++; number < jobs; number = next++) {
        await one(number);
      }
    }),
  );
  return (performance.now() - begin) / 1000;
}

/**
 * @typedef {object} Peer
 * @property {(job: object) => Promise<unknown>} add
 * @property {(jobs: object[]) => Promise<unknown>} addAll
 * @property {(done: (id: string) => void) => Promise<() => Promise<void>>} work starts to work; answers how to end it
 * @property {() => Promise<void>} close
 */

/**
 * @param {(settings: any) => Promise<Peer>} open
 */
export async function measure(open) {
  const settings = JSON.parse(process.argv[2]);
  const { jobs, inFlight } = settings;
  const peer = await open(settings);
  let ids = 0;
  const fresh = () => payload({ id: `${process.pid}-${ids++}` });

  const workOff = async (/** @type {number} */ expected) => {
    let done = 0;
    let first = 0;
    let all = () => {};
    const finished = new Promise((resolve) => (all = () => resolve(undefined)));
    const end = await peer.work(() => {
      done++;
      if (done === 1) first = performance.now();
      if (done === expected) all();
    });
    await finished;
    const seconds = (performance.now() - first) / 1000;
    await end();
    return (expected - 1) / seconds;
  };

  const round = async (/** @type {number} */ count) => {
    const addEach = count / (await loops(count, inFlight, async () => void (await peer.add(fresh()))));
    const processEach = await workOff(count);
    const begin = performance.now();
    for (let i = 0; i < count; i += GROUP) {
      await peer.addAll(Array.from({ length: Math.min(GROUP, count - i) }, fresh));
    }
    const addAll = count / ((performance.now() - begin) / 1000);
    const processAll = await workOff(count);
    const waiting = new Map();
    const end = await peer.work((id) => {
      waiting.get(id)?.();
      waiting.delete(id);
    });
    const millis = /** @type {number[]} */ ([]);
    const seconds = await loops(count, inFlight, async () => {
      const job = fresh();
      const sent = performance.now();
      const outcome = new Promise((resolve) => waiting.set(job.id, resolve));
      await peer.add(job);
      await outcome;
      millis.push(performance.now() - sent);
    });
    await end();
    millis.sort((a, b) => a - b);
    const percentile = (/** @type {number} */ share) => millis[Math.ceil(share * millis.length) - 1];
    return {
      addEach,
      addAll,
      process: (processEach + processAll) / 2,
      cycle: count / seconds,
      p50: percentile(0.5),
      p99: percentile(0.99),
    };
  };

  await round(Math.max(inFlight, Math.round(jobs / 5))); // warm
  const answer = await round(jobs);
  await peer.close();
  console.log(JSON.stringify(answer));
}
