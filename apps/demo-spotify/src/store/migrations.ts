/** Each entry lifts the database by one version; entries are never changed once they were released. */
export const MIGRATIONS: readonly string[] = [
  `
  CREATE TABLE item (
    id TEXT PRIMARY KEY,
    kind TEXT NOT NULL CHECK (kind IN ('track', 'artist')),
    uri TEXT NOT NULL,
    name TEXT NOT NULL,
    artists TEXT NOT NULL,
    image_url TEXT
  ) STRICT;
  CREATE TABLE part (
    month TEXT NOT NULL,
    part TEXT NOT NULL,
    status TEXT NOT NULL CHECK (status IN ('complete', 'partial', 'failed', 'missed')),
    reasons TEXT NOT NULL,
    flags TEXT NOT NULL,
    taken_at_ms INTEGER NOT NULL,
    run_id TEXT NOT NULL,
    PRIMARY KEY (month, part)
  ) STRICT;
  CREATE TABLE rank (
    month TEXT NOT NULL,
    part TEXT NOT NULL,
    rank INTEGER NOT NULL,
    item_id TEXT NOT NULL REFERENCES item (id),
    PRIMARY KEY (month, part, item_id),
    UNIQUE (month, part, rank),
    FOREIGN KEY (month, part) REFERENCES part (month, part)
  ) STRICT;
  CREATE TABLE play (
    played_at_ms INTEGER NOT NULL,
    item_id TEXT NOT NULL REFERENCES item (id),
    PRIMARY KEY (played_at_ms, item_id)
  ) STRICT;
  CREATE TABLE run (
    id TEXT PRIMARY KEY,
    kind TEXT NOT NULL,
    month TEXT NOT NULL,
    started_at_ms INTEGER NOT NULL,
    ended_at_ms INTEGER,
    outcome TEXT,
    summary TEXT
  ) STRICT;
  CREATE TABLE lease (
    name TEXT PRIMARY KEY,
    owner_pid INTEGER NOT NULL,
    owner TEXT NOT NULL,
    until_ms INTEGER NOT NULL
  ) STRICT;
  `,
  `
  CREATE TABLE pause (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    until_ms INTEGER NOT NULL,
    reason TEXT NOT NULL CHECK (reason IN ('quota', 'rate-limit'))
  ) STRICT;
  CREATE TABLE call_count (
    day TEXT NOT NULL,
    outcome TEXT NOT NULL,
    calls INTEGER NOT NULL,
    PRIMARY KEY (day, outcome)
  ) STRICT;
  `,
  `
  CREATE TABLE playlist (
    month TEXT PRIMARY KEY,
    marker TEXT NOT NULL UNIQUE,
    playlist_id TEXT,
    state TEXT NOT NULL CHECK (state IN ('creating', 'created', 'synced', 'undone')),
    uris TEXT NOT NULL,
    previous_uris TEXT,
    changed_at_ms INTEGER NOT NULL
  ) STRICT;
  `,
]
