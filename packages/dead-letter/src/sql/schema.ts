export const SCHEMA_VERSION = 1
export const TABLE = 'holdfast_dead_letters'

/** The table and its indexes; `seq` differs between the engines, as do the words for types. */
export const createTable = (types: {
  readonly seq: string
  readonly integer: string
  readonly bytes: string
  readonly suffix: string
}): readonly string[] => [
  `CREATE TABLE IF NOT EXISTS ${TABLE} (
  seq ${types.seq},
  id TEXT NOT NULL UNIQUE,
  upstream TEXT NOT NULL,
  origin TEXT NOT NULL,
  method TEXT NOT NULL,
  path TEXT NOT NULL,
  headers TEXT NOT NULL,
  content_type TEXT,
  body ${types.bytes},
  body_state TEXT NOT NULL,
  body_key_id TEXT,
  idem_key TEXT,
  order_key TEXT,
  principal_ref TEXT,
  error_code TEXT NOT NULL,
  error_class TEXT NOT NULL,
  http_status ${types.integer},
  fingerprint TEXT NOT NULL,
  trace_id TEXT,
  dropped TEXT NOT NULL,
  attempts ${types.integer} NOT NULL,
  replays ${types.integer} NOT NULL DEFAULT 0,
  unsent_at_replay ${types.integer},
  size_bytes ${types.integer} NOT NULL,
  first_failed_at ${types.integer} NOT NULL,
  last_failed_at ${types.integer} NOT NULL,
  visible_at ${types.integer} NOT NULL,
  lease_token TEXT,
  status TEXT NOT NULL DEFAULT 'open' CHECK (status IN ('open', 'replayed', 'parked', 'discarded')),
  park_reason TEXT,
  replayed_at ${types.integer},
  replay_status ${types.integer},
  expires_at ${types.integer} NOT NULL
)${types.suffix}`,
  `CREATE INDEX IF NOT EXISTS ${TABLE}_due ON ${TABLE} (visible_at, seq) WHERE status = 'open'`,
  `CREATE INDEX IF NOT EXISTS ${TABLE}_order ON ${TABLE} (upstream, order_key, status, seq) WHERE order_key IS NOT NULL`,
  `CREATE INDEX IF NOT EXISTS ${TABLE}_expiry ON ${TABLE} (expires_at)`,
]
