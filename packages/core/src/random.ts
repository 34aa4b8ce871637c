/** The only source of chance in the engine: a number in [0, 1). */
export type Random = () => number

/** Chance of the running process. */
export const systemRandom: Random = () => Math.random()
