// Verifies deliveries as GitHub's own library does; it takes and gives the same as verify.py.
import { verify } from "@octokit/webhooks-methods";

let text = "";
for await (const part of process.stdin) text += part;
const taken = [];
for (const { secret, headers, body } of JSON.parse(text)) {
  taken.push(await verify(secret, body, headers["x-hub-signature-256"]));
}
process.stdout.write(JSON.stringify(taken));
