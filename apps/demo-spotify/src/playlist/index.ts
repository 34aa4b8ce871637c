export { markerOf } from './find-or-create.ts'
export { planPlaylist, syncPlaylist, undoPlaylist, type PlaylistOptions, type PlaylistReport } from './sync-playlist.ts'
