import { DatabaseSync } from 'node:sqlite'

const schema = `
  create table if not exists listing (listing_id integer primary key, state text not null, updated integer not null, body text not null);
  create index if not exists listing_by_state on listing (state, listing_id);
  create table if not exists inventory (listing_id integer primary key, body text not null);
  create table if not exists image (listing_image_id integer primary key, listing_id integer not null, rank integer not null, ready_at_ms integer not null, body text not null);
  create table if not exists receipt (receipt_id integer primary key, placed_at integer not null, updated integer not null, body text not null);
  create table if not exists readiness_state (readiness_state_id integer primary key, body text not null);
  create table if not exists email (id integer primary key, receipt_id integer not null, tracking_code text not null, at_ms integer not null);
  create table if not exists fee (id integer primary key, listing_id integer not null, at_ms integer not null);
  create table if not exists consent (code text primary key, challenge text not null, redirect_uri text not null, scopes text not null, expires_ms integer not null);
  create table if not exists grant_token (access_token text primary key, refresh_token text not null, scopes text not null, access_expires_ms integer not null, refresh_expires_ms integer not null, is_revoked integer not null default 0);
  create index if not exists grant_by_refresh on grant_token (refresh_token);
  create table if not exists journal (seq integer primary key, at_ms integer not null, kind text not null, operation text not null, status integer, subject text, scenario text, request_uuid text);
  create table if not exists counter (name text primary key, value integer not null);
`

/** Opens the simulator's state; `:memory:` keeps it for the life of the process. */
export function openDatabase(file: string): DatabaseSync {
  const database = new DatabaseSync(file)
  database.exec('pragma journal_mode = wal; pragma synchronous = normal;')
  database.exec(schema)
  return database
}

/** The next number of a named sequence. */
export function nextNumber(database: DatabaseSync, name: string, first: number): number {
  const row = database
    .prepare(
      'insert into counter (name, value) values (?, ?) on conflict (name) do update set value = value + 1 returning value',
    )
    .get(name, first)
  return Number(row?.['value'])
}
