// A receiver of signed webhooks, without packages: WEBHOOK_SECRET=whsec_... PORT=8000 node receiver.mjs
import { createHmac, timingSafeEqual } from "node:crypto";
import { createServer } from "node:http";

const key = Buffer.from(process.env.WEBHOOK_SECRET.replace(/^whsec_/, ""), "base64");
const seen = new Set(); // in production: a table with a unique key, and old rows deleted

createServer(async (request, response) => {
  const answer = (status, text = "") => response.writeHead(status).end(text);
  const parts = [];
  for await (const part of request) parts.push(part);
  const body = Buffer.concat(parts); // the bytes as they came: parsed and written again they would be others
  const [event, sent, signatures] = ["id", "timestamp", "signature"].map((name) => request.headers[`webhook-${name}`] ?? "");
  const mac = createHmac("sha256", key).update(`${event}.${sent}.`).update(body).digest("base64");
  const isRight = (text) => text.length === mac.length + 3 && timingSafeEqual(Buffer.from(text), Buffer.from(`v1,${mac}`));
  if (!signatures.split(" ").some(isRight)) return answer(401, "the signature is wrong");
  if (Math.abs(Date.now() / 1000 - Number(sent)) > 300) return answer(401, "the signature is too old");
  if (!seen.has(event)) console.log("new", event); // in production: put it into a queue, and work later
  seen.add(event); // a retry has the id of the attempts before it
  answer(204);
}).listen(Number(process.env.PORT ?? 8000), "127.0.0.1");
