export {
  artistAnswer,
  meAnswer,
  pageAnswer,
  playAnswer,
  playlistAnswer,
  playlistEntryAnswer,
  snapshotIdAnswer,
  trackAnswer,
  type PlaylistAnswer,
} from './answers.ts'
export { parseAnswer } from './parse.ts'
export { memoryPauseStore, type Pause, type PauseStore } from './pause.ts'
export type { Fetch } from './pushback-transport.ts'
export { SpotifyClient, type AccessTokens, type SpotifyClientOptions } from './spotify-client.ts'
export { isSetupProblem, refusalOf, type Refusal } from './spotify-errors.ts'
export { accountsPolicy, spotifyPolicy, type SpotifyPolicyOptions } from './spotify-policy.ts'
