export {
  markerOf,
  planPlaylist,
  syncPlaylist,
  undoPlaylist,
  type PlaylistOptions,
  type PlaylistReport,
} from './sync-playlist.ts'
