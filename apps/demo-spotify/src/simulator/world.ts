/** What one listener heard, made from a seed, so that every run of the simulator tells the same story. */

const ADJECTIVES = ['Amber', 'Quiet', 'Paper', 'Northern', 'Velvet', 'Hollow', 'Copper', 'Distant', 'Salt', 'Electric']
const NOUNS = ['Harbour', 'Foxes', 'Orchard', 'Signals', 'Atlas', 'Lanterns', 'Static', 'Meridian', 'Gardens', 'Tides']
const VERBS = ['Leaving', 'Counting', 'Chasing', 'Holding', 'Missing', 'Painting', 'Breaking', 'Waking', 'Folding']
const PLACES = [
  'Again',
  'in Blue',
  'for Two',
  'at Noon',
  'Somewhere',
  'Tonight',
  'Part II',
  'Downstream',
  'by Heart',
  'Live',
]
const THINGS = ['Winter', 'the Line', 'Your Shadow', 'Midnight', 'the Coast', 'Paper Planes', 'Sundays', 'the Wires']

export interface WorldArtist {
  readonly id: string
  readonly name: string
}

export interface WorldTrack {
  readonly id: string
  readonly name: string
  readonly artist: WorldArtist
  readonly durationMs: number
}

export type TimeRange = 'short_term' | 'medium_term' | 'long_term'

const MINUTE_MS = 60_000
const DAY_MS = 86_400_000
const NIGHT_HOURS = new Set([1, 2, 3, 4, 5, 6])
const WINDOW_DAYS: Readonly<Record<TimeRange, number>> = { short_term: 28, medium_term: 182, long_term: 365 }
const ID_ALPHABET = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'

/** Mulberry32: 32 bits of state, the same numbers for the same seed. */
export const seededRandom = (seed: number): (() => number) => {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

const pick = <Value>(list: readonly Value[], random: () => number): Value =>
  list[Math.floor(random() * list.length)] as Value

const idOf = (random: () => number): string =>
  Array.from({ length: 22 }, () => ID_ALPHABET[Math.floor(random() * ID_ALPHABET.length)]).join('')

/** The taste of one listener over the years: each track has a first month, a height and a way to fade. */
export class World {
  readonly artists: readonly WorldArtist[]
  readonly tracks: readonly WorldTrack[]
  readonly #fades: readonly { readonly bornDay: number; readonly height: number; readonly halfLifeDays: number }[]
  readonly #seasonal: readonly boolean[]

  constructor(seed = 7, size = 420) {
    const random = seededRandom(seed)
    const names = new Set<string>()
    while (names.size < 70) names.add(`${pick(ADJECTIVES, random)} ${pick(NOUNS, random)}`)
    this.artists = [...names].map((name) => ({ id: idOf(random), name }))
    const titles = new Set<string>()
    while (titles.size < size) {
      const place = random() < 0.6 ? ` ${pick(PLACES, random)}` : ''
      titles.add(`${pick(VERBS, random)} ${pick(THINGS, random)}${place}`)
    }
    this.tracks = [...titles].map((name) => ({
      id: idOf(random),
      name,
      artist: this.artists[Math.floor(random() ** 2 * this.artists.length)] as WorldArtist,
      durationMs: 120_000 + Math.floor(random() * 180_000),
    }))
    // Births are spread over the five years before the end of 2027.
    const firstDay = Date.UTC(2022, 0, 1) / DAY_MS
    this.#fades = this.tracks.map(() => ({
      bornDay: firstDay + random() * 2_190,
      height: 0.2 + random(),
      halfLifeDays: 15 + random() ** 3 * 500,
    }))
    this.#seasonal = this.tracks.map(() => random() < 0.15)
  }

  #weight(index: number, day: number): number {
    const fade = this.#fades[index]
    if (fade === undefined || day < fade.bornDay) return 0
    const age = day - fade.bornDay
    const season = this.#seasonal[index] === true ? 1 + Math.sin((age / 365) * 2 * Math.PI + 1.5) : 1
    const fading = this.#seasonal[index] === true ? 0.5 : 2 ** (-age / fade.halfLifeDays)
    return fade.height * fading * season
  }

  #heard(atMs: number, range: TimeRange): number[] {
    const lastDay = atMs / DAY_MS
    const days = WINDOW_DAYS[range]
    return this.tracks.map((_track, index) => {
      let sum = 0
      for (let day = lastDay - days; day < lastDay; day += days / 4) sum += this.#weight(index, day)
      return sum
    })
  }

  topTracks(atMs: number, range: TimeRange): readonly WorldTrack[] {
    const heard = this.#heard(atMs, range)
    return this.tracks
      .map((track, index) => ({ track, weight: heard[index] ?? 0 }))
      .filter(({ weight }) => weight > 0)
      .toSorted((left, right) => right.weight - left.weight)
      .map(({ track }) => track)
  }

  topArtists(atMs: number, range: TimeRange): readonly WorldArtist[] {
    const sums = new Map<WorldArtist, number>()
    const heard = this.#heard(atMs, range)
    for (const [index, { artist }] of this.tracks.entries()) {
      sums.set(artist, (sums.get(artist) ?? 0) + (heard[index] ?? 0))
    }
    return [...sums]
      .filter(([, weight]) => weight > 0)
      .toSorted((left, right) => right[1] - left[1])
      .map(([artist]) => artist)
  }

  /** The last 50 plays, newest first; nobody listens between one and seven in the night. */
  recentlyPlayed(atMs: number): readonly { readonly track: WorldTrack; readonly playedAtMs: number }[] {
    const random = seededRandom(Math.floor(atMs / DAY_MS))
    const tracks = this.topTracks(atMs, 'short_term').slice(0, 40)
    if (tracks.length === 0) return []
    let playedAtMs = Math.floor(atMs / MINUTE_MS) * MINUTE_MS
    return Array.from({ length: 50 }, () => {
      do playedAtMs -= Math.ceil(3 + random() ** 3 * 240) * MINUTE_MS
      while (NIGHT_HOURS.has(new Date(playedAtMs).getUTCHours()))
      return { track: pick(tracks, random), playedAtMs }
    })
  }
}
