export const EXPIRIES = ['never', 'd30', 'd90', 'd365', 'day'] as const;
export type Expiry = (typeof EXPIRIES)[number];

const DAYS = { d30: 30, d90: 90, d365: 365 } as const;

/** When a key ends: undefined for never; `day` ("2026-12-31") is whole, in the zone of the browser. An unreadable day is an invalid date. */
export function endOf(expiry: Expiry, day: string, now = new Date()): Date | undefined {
  switch (expiry) {
    case 'never':
      return undefined;
    case 'day':
      return new Date(`${day}T23:59:59`);
    default:
      return new Date(now.getTime() + DAYS[expiry] * 86_400_000);
  }
}
