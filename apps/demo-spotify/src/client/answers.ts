import { z } from 'zod'

/** What we read of the Web API's answers; everything that development mode leaves out or sends as null is optional. */

const images = z
  .array(z.object({ url: z.string(), width: z.number().nullish(), height: z.number().nullish() }))
  .nullish()

const artistRef = z.object({ id: z.string().nullish(), name: z.string() })

export const trackAnswer = z.object({
  id: z.string().nullable(),
  uri: z.string(),
  name: z.string(),
  is_local: z.boolean().nullish(),
  artists: z.array(artistRef).nullish(),
  album: z.object({ images }).nullish(),
})

export const artistAnswer = z.object({ id: z.string(), uri: z.string(), name: z.string(), images })

/** A page whose entries are checked one by one, so that a bad one does not lose the others. */
export const pageAnswer = z.object({
  items: z.array(z.unknown()).nullish(),
  total: z.number().nullish(),
  next: z.string().nullish(),
})

export const playAnswer = z.object({ track: trackAnswer, played_at: z.iso.datetime() })

export const meAnswer = z.object({
  id: z.string().nullish(),
  account_id: z.string().nullish(),
  display_name: z.string().nullish(),
})

export const playlistAnswer = z.object({
  id: z.string(),
  name: z.string(),
  description: z.string().nullish(),
  snapshot_id: z.string().nullish(),
})

/** The element was `track` before March 2026. */
export const playlistEntryAnswer = z.object({
  item: z.object({ uri: z.string() }).nullish(),
  track: z.object({ uri: z.string() }).nullish(),
})

export const snapshotIdAnswer = z.object({ snapshot_id: z.string() })

export type PlaylistAnswer = z.infer<typeof playlistAnswer>
