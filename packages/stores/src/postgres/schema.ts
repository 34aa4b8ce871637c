export const SCHEMA_VERSION = 1

/**
 * Tables and functions of the store, for a role that may not make them itself: run it once as one that may, then set
 * `makeSchema: false`. It can be run again.
 *
 * Rates are unlogged: they are empty after a crash, which costs one burst. Quotas and values are durable.
 */
export const postgresSchema = `
CREATE SCHEMA IF NOT EXISTS holdfast;
CREATE TABLE IF NOT EXISTS holdfast.schema (part text PRIMARY KEY, version integer NOT NULL);
CREATE UNLOGGED TABLE IF NOT EXISTS holdfast.rate (key text PRIMARY KEY, arrival_us bigint NOT NULL);
CREATE TABLE IF NOT EXISTS holdfast.quota (
  key text NOT NULL, bucket bigint NOT NULL, used bigint NOT NULL, PRIMARY KEY (key, bucket)
);
CREATE TABLE IF NOT EXISTS holdfast.state (key text PRIMARY KEY, value text NOT NULL, until_us bigint NOT NULL);

CREATE OR REPLACE FUNCTION holdfast.now_us(given bigint) RETURNS bigint LANGUAGE sql VOLATILE AS $$
  SELECT coalesce(given, (extract(epoch FROM clock_timestamp()) * 1000000)::bigint)
$$;

CREATE OR REPLACE FUNCTION holdfast.take(
  rate_key text, emission bigint, burst bigint, cost bigint, given bigint,
  OUT granted bigint, OUT remaining bigint, OUT retry_us bigint
) LANGUAGE plpgsql AS $$
DECLARE
  span bigint := emission * burst;
  now bigint;
  ahead bigint;
  arrival bigint;
BEGIN
  INSERT INTO holdfast.rate VALUES (rate_key, 0) ON CONFLICT (key) DO NOTHING;
  SELECT arrival_us INTO arrival FROM holdfast.rate WHERE key = rate_key FOR UPDATE;
  now := holdfast.now_us(given);
  ahead := least(greatest(coalesce(arrival, 0) - now, 0), span);
  IF cost < 0 THEN
    granted := 0;
    ahead := greatest(0, ahead + cost * emission);
  ELSE
    granted := least(cost, (span - ahead) / emission);
    ahead := ahead + granted * emission;
  END IF;
  UPDATE holdfast.rate SET arrival_us = CASE WHEN ahead = 0 THEN 0 ELSE now + ahead END WHERE key = rate_key;
  remaining := (span - ahead) / emission;
  retry_us := CASE WHEN remaining > 0 THEN 0 ELSE ahead + emission - span END;
END $$;

CREATE OR REPLACE FUNCTION holdfast.reserve(
  quota_key text, most bigint, window_ms bigint, bucket_ms bigint, cost bigint, given bigint,
  OUT granted bigint, OUT remaining bigint, OUT reset_ms bigint
) LANGUAGE plpgsql AS $$
DECLARE
  now_ms bigint;
  current bigint;
  first bigint;
  total bigint;
  back bigint := greatest(0, -cost);
  portion bigint;
  entry record;
BEGIN
  PERFORM pg_advisory_xact_lock(hashtextextended(quota_key, 5641));
  now_ms := holdfast.now_us(given) / 1000;
  current := now_ms / bucket_ms;
  first := current - (window_ms + bucket_ms - 1) / bucket_ms;
  DELETE FROM holdfast.quota WHERE key = quota_key AND bucket < first;
  SELECT coalesce(sum(used), 0) INTO total FROM holdfast.quota WHERE key = quota_key;
  granted := CASE WHEN cost <= 0 THEN 0 ELSE greatest(0, least(cost, most - total)) END;
  IF granted > 0 THEN
    INSERT INTO holdfast.quota AS q VALUES (quota_key, current, granted)
      ON CONFLICT (key, bucket) DO UPDATE SET used = q.used + EXCLUDED.used;
  END IF;
  IF back > 0 THEN
    FOR entry IN SELECT bucket, used FROM holdfast.quota WHERE key = quota_key ORDER BY bucket LOOP
      EXIT WHEN back = 0;
      portion := least(back, entry.used);
      back := back - portion;
      total := total - portion;
      IF portion = entry.used THEN DELETE FROM holdfast.quota WHERE key = quota_key AND bucket = entry.bucket;
      ELSE UPDATE holdfast.quota SET used = used - portion WHERE key = quota_key AND bucket = entry.bucket;
      END IF;
    END LOOP;
  END IF;
  remaining := greatest(0, most - total - granted);
  SELECT (min(bucket) - first + 1) * bucket_ms - now_ms % bucket_ms INTO reset_ms
    FROM holdfast.quota WHERE key = quota_key AND used > 0;
  reset_ms := coalesce(reset_ms, 0);
END $$;

CREATE OR REPLACE FUNCTION holdfast.observe(
  quota_key text, most bigint, window_ms bigint, bucket_ms bigint, seen bigint, given bigint
) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
  current bigint;
  gap bigint;
BEGIN
  PERFORM pg_advisory_xact_lock(hashtextextended(quota_key, 5641));
  current := holdfast.now_us(given) / 1000 / bucket_ms;
  SELECT greatest(0, least(most, seen) - coalesce(sum(used), 0)) INTO gap FROM holdfast.quota
    WHERE key = quota_key AND bucket >= current - (window_ms + bucket_ms - 1) / bucket_ms;
  IF gap > 0 THEN
    INSERT INTO holdfast.quota AS q VALUES (quota_key, current, gap)
      ON CONFLICT (key, bucket) DO UPDATE SET used = q.used + EXCLUDED.used;
  END IF;
  RETURN gap;
END $$;

CREATE OR REPLACE FUNCTION holdfast.put(
  state_key text, new_value text, ttl_ms bigint, if_absent boolean, given bigint
) RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE
  now bigint;
BEGIN
  PERFORM pg_advisory_xact_lock(hashtextextended(state_key, 5642));
  now := holdfast.now_us(given);
  DELETE FROM holdfast.state WHERE until_us <= now;
  IF if_absent AND EXISTS (SELECT FROM holdfast.state WHERE key = state_key) THEN RETURN false; END IF;
  IF ttl_ms <= 0 THEN
    DELETE FROM holdfast.state WHERE key = state_key;
    PERFORM pg_notify('holdfast_changes', json_build_array(state_key)::text);
  ELSE
    INSERT INTO holdfast.state VALUES (state_key, new_value, now + ttl_ms * 1000)
      ON CONFLICT (key) DO UPDATE SET value = EXCLUDED.value, until_us = EXCLUDED.until_us;
    PERFORM pg_notify('holdfast_changes', json_build_array(state_key, new_value)::text);
  END IF;
  RETURN true;
END $$;

INSERT INTO holdfast.schema VALUES ('stores', ${SCHEMA_VERSION}) ON CONFLICT (part) DO NOTHING;
`
