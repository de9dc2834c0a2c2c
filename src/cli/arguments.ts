// The command line of `bun run start`. Flags beat the environment, which beats the file.

import { parseArgs } from "node:util";

export interface Arguments {
  readonly config: string | null;
  readonly port: number | null;
  readonly host: string | null;
  readonly help: boolean;
}

export const usage = `Fleetpulse probes every model deployment of a LiteLLM config.yaml and answers its health API.

  bun run start [--config FILE] [--port N] [--host H]

  --config FILE   the proxy's configuration (environment CONFIG_FILE_PATH; else ./config.yaml; else a demo fleet)
  --port N        port to listen on (environment PORT; default 4000; 0 takes a free one)
  --host H        address to listen on (environment HOST; default 127.0.0.1 without a master key, else 0.0.0.0)
  --help          this text

  bun run validate --config FILE     what would be probed, how, and what it would cost a day
  bun run probe NAME --config FILE   asks one deployment once and shows request, answer and verdict
  bun run table FILE                 what a table file says of every deployment (fleetpulse.table_file)
  bun run healthcheck                whether the service is alive (--port N, --host H): exit code 0 or 1
`;

/** Reads the arguments; throws an Error whose message is for the person who typed them. */
export function readArguments(argv: readonly string[]): Arguments {
  const { values } = parseArgs({
    args: [...argv],
    options: {
      config: { type: "string" },
      port: { type: "string" },
      host: { type: "string" },
      help: { type: "boolean", short: "h", default: false },
    },
  });
  const port = values.port === undefined ? null : Number(values.port);
  if (port !== null && !(/^\d{1,5}$/.test(values.port ?? "") && port <= 65_535)) {
    throw new Error(`--port takes a whole number from 0 to 65535, not "${values.port}"`);
  }
  if (values.host === "") throw new Error("--host takes an address or a name, not nothing");
  return {
    config: values.config ?? null,
    port,
    host: values.host ?? null,
    help: values.help,
  };
}
