// Asks the service of this container whether it is alive: exit code 0 when it is, else 1 with the reason. It stands alone and
// imports nothing, so that it costs some milliseconds. It reads PORT and HOST as the service does.

const deadlineMs = 2000;
const port = process.env["PORT"] || "4000";
const host = process.env["HOST"] || "127.0.0.1";
/** Where to reach a service that listens on all addresses. */
const loopback: Readonly<Record<string, string>> = { "0.0.0.0": "127.0.0.1", "::": "[::1]" };

// What asks its own container has no business with the proxy for the internet.
for (const name of ["NO_PROXY", "no_proxy"]) process.env[name] = "*";

try {
  const address = loopback[host] ?? (host.includes(":") ? `[${host}]` : host);
  const { status } = await fetch(`http://${address}:${port}/health/liveliness`, {
    signal: AbortSignal.timeout(deadlineMs),
  });
  if (status === 200) process.exit(0);
  process.stderr.write(`the service answered with ${status}\n`);
} catch (error) {
  const reason = error instanceof Error ? error.message : String(error);
  process.stderr.write(`the service did not answer: ${reason}\n`);
}
process.exit(1);
