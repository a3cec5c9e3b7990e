// @cloudflare/blindrsa-ts as a process that answers lines of JSON. Bytes are hex. Started by tests/interop.rs.
import { createInterface } from 'node:readline';
import { BlindRSA, getSuiteByName } from '@cloudflare/blindrsa-ts';

const bytes = (hex) => new Uint8Array(Buffer.from(hex, 'hex'));
const hex = (array) => Buffer.from(array).toString('hex');
const algorithm = { name: 'RSA-PSS', hash: 'SHA-384' };
const keys = {};

const operations = {
  // A secret key as PKCS #8. The public key is a part of it, by way of JWK: WebCrypto reads no SPKI of id-RSASSA-PSS.
  async key(suite, { pkcs8 }) {
    keys.secret = await crypto.subtle.importKey('pkcs8', bytes(pkcs8), algorithm, true, ['sign']);
    const { kty, alg, n, e } = await crypto.subtle.exportKey('jwk', keys.secret);
    keys.public = await crypto.subtle.importKey('jwk', { kty, alg, n, e, ext: true }, algorithm, true, ['verify']);
    return { name: suite.toString() };
  },
  async prepare(suite, { message }) {
    return { prepared: hex(suite.prepare(bytes(message))) };
  },
  async blind(suite, { message }) {
    const { blindedMsg, inv } = await suite.blind(keys.public, bytes(message));
    return { blinded: hex(blindedMsg), inv: hex(inv) };
  },
  async sign(suite, { blinded }) {
    return { answer: hex(await suite.blindSign(keys.secret, bytes(blinded))) };
  },
  async finalize(suite, { message, inv, answer }) {
    return { signature: hex(await suite.finalize(keys.public, bytes(message), bytes(answer), bytes(inv))) };
  },
  async verify(suite, { message, signature }) {
    return { valid: await suite.verify(keys.public, bytes(signature), bytes(message)) };
  },
};

for await (const line of createInterface({ input: process.stdin })) {
  const request = JSON.parse(line);
  let answer;
  try {
    const suite = getSuiteByName(BlindRSA, request.variant, { supportsRSARAW: false });
    answer = await operations[request.op](suite, request);
  } catch (error) {
    answer = { error: String(error) };
  }
  console.log(JSON.stringify(answer));
}
