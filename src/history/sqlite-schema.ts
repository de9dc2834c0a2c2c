// The embedded database, migration by migration. Append, never change: a file somewhere has run them.

export const sqliteMigrations: readonly string[] = [
  `
  -- This process as the writer of history, for ever the same while the file lives.
  create table node (id text not null);

  -- Last known row of every deployment, with its open minute and hour: what a restart begins with.
  create table status (
    key text not null primary key,
    row blob not null,
    open text not null,
    checked_ms integer not null
  ) without rowid;

  -- Batches that wait for PostgreSQL.
  create table spool (
    seq integer primary key autoincrement,
    count integer not null,
    bytes integer not null,
    hours text not null,
    subjects text not null,
    entries text not null
  );

  create table deployment (
    id integer primary key,
    key text not null unique,
    model_id text not null,
    model_name text not null,
    model text not null,
    provider text not null
  );

  -- Tables of entries are in the order of writing, which is nearly that of time: the oldest have the lowest rowid.
  create table outcome (
    deployment integer not null,
    at_ms integer not null,
    state integer not null,
    class integer not null,
    http_status integer not null,
    latency_us integer not null,
    prompt_tokens integer not null,
    completion_tokens integer not null,
    cost_nano_usd integer,
    text text
  );
  create index outcome_by_deployment on outcome (deployment, at_ms);
  create index outcome_by_time on outcome (at_ms);

  create table transition (
    deployment integer not null,
    at_ms integer not null,
    from_state integer not null,
    to_state integer not null,
    class integer not null,
    http_status integer not null,
    text text
  );
  create index transition_by_deployment on transition (deployment, at_ms);
  create index transition_by_time on transition (at_ms);

  create table rollup_minute (
    deployment integer not null,
    start_ms integer not null,
    checks integer not null,
    passed integer not null,
    classes text not null,
    latency text not null,
    prompt_tokens integer not null,
    completion_tokens integer not null,
    cost_nano_usd integer not null,
    up_ms integer not null,
    down_ms integer not null
  );
  create index rollup_minute_by_deployment on rollup_minute (deployment, start_ms);

  create table rollup_hour (
    deployment integer not null,
    start_ms integer not null,
    checks integer not null,
    passed integer not null,
    classes text not null,
    latency text not null,
    prompt_tokens integer not null,
    completion_tokens integer not null,
    cost_nano_usd integer not null,
    up_ms integer not null,
    down_ms integer not null
  );
  create index rollup_hour_by_deployment on rollup_hour (deployment, start_ms);
  `,
];
