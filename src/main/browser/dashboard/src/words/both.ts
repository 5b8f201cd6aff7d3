type Same<T> = { [K in keyof T]: T[K] extends string ? string : Same<T[K]> };

/** The words of a feature in English and Bahasa Indonesia: the second must have what the first has, and nothing else. */
export function both<const T extends object>(en: T, id: Same<T>): { en: T; id: Same<T> } {
  return { en, id };
}
