// @cloudflare/privacypass-ts as a process that answers lines of JSON: a client that goes to a URL, and an issuer and origin behind
// HTTP on 127.0.0.1. Started by tests/interop_npm.rs.
import { createServer } from 'node:http';
import { createInterface } from 'node:readline';
import {
  AuthorizationHeader,
  MediaType,
  PRIVATE_TOKEN_ISSUER_DIRECTORY,
  TOKEN_TYPES,
  TokenChallenge,
  WWWAuthenticateHeader,
  genericBatched,
  privateVerif,
  publicVerif,
  sendTokenRequest,
} from '@cloudflare/privacypass-ts';

// The answers stand on the standard output. What the package logs does not belong there.
console.log = () => {};

const { VOPRF, BLIND_RSA } = TOKEN_TYPES;
const MODE = publicVerif.BlindRSAMode.PSS;
const ENTRIES = { 1: VOPRF, 2: BLIND_RSA };
const base64url = (bytes) => Buffer.from(bytes).toString('base64url');
const same = (a, b) => Buffer.from(a).equals(Buffer.from(b));
const sha256 = async (bytes) => new Uint8Array(await crypto.subtle.digest('SHA-256', bytes));
const client = (type) => (type === 1 ? new privateVerif.Client() : new publicVerif.Client(MODE));

// The client.

/// What a URL asks for without a token, and where its issuer takes requests.
async function asked(url) {
  const refused = await fetch(url);
  const offers = WWWAuthenticateHeader.parse(refused.headers.get('WWW-Authenticate'));
  const directory = await (await fetch(new URL(PRIVATE_TOKEN_ISSUER_DIRECTORY, url))).json();
  const listed = ({ challenge, tokenKey }) =>
    directory['token-keys'].some(
      (key) => key['token-type'] === challenge.tokenType && same(Buffer.from(key['token-key'], 'base64url'), tokenKey),
    );
  if (!offers.every(listed)) throw new Error('a key that is not in the directory');
  const issuer = new URL(directory['issuer-request-uri'], url);
  return { status: refused.status, offers, issuer, of: (type) => offers.find((o) => o.challenge.tokenType === type) };
}

/// The statuses of a token that is shown twice, and of one with a bit flipped before that.
async function shown(url, token, quoted) {
  const show = async (header) => (await fetch(url, { headers: { Authorization: header.toString(quoted) } })).status;
  const header = new AuthorizationHeader(token);
  token.authenticator[40] ^= 1;
  const spoiled = await show(header);
  token.authenticator[40] ^= 1;
  return [spoiled, await show(header), await show(header)];
}

/// One token of this type, from 401 to its second show.
async function redeem({ url, type, quoted }) {
  const { status, offers, issuer, of } = await asked(url);
  const { challenge, tokenKey, maxAge } = of(type);
  const side = client(type);
  const request = await side.createTokenRequest(challenge, tokenKey);
  const response = await sendTokenRequest(request.serialize(), issuer);
  const token = await side.finalize(side.deserializeTokenResponse(response));
  const { issuerName, originInfo, redemptionContext } = challenge;
  const read = { issuerName, originInfo, redemptionContext: base64url(redemptionContext), maxAge };
  return { status, types: offers.map((o) => o.challenge.tokenType).sort(), read, shown: await shown(url, token, quoted) };
}

/// A request whose key id is no key's.
function strayed(request) {
  const bytes = request.serialize();
  bytes[2] ^= 0x80;
  return genericBatched.TokenRequest.deserialize(bytes);
}

/// Tokens of these types in one batch. Behind them stands a request for a key that there is not.
async function batch({ url, types }) {
  const { issuer, of } = await asked(url);
  const sides = types.map(client);
  const make = (side, i) => side.createTokenRequest(of(types[i]).challenge, of(types[i]).tokenKey);
  const requests = await Promise.all(sides.map(make));
  const wrapped = [...requests.map((request) => new genericBatched.TokenRequest(request)), strayed(requests[0])];
  const all = new genericBatched.Client();
  const response = await fetch(issuer, {
    method: 'POST',
    headers: { 'Content-Type': MediaType.GENERIC_BATCHED_TOKEN_REQUEST },
    body: all.createTokenRequest(wrapped).serialize(),
  });
  const mediaType = response.headers.get('Content-Type');
  const answers = all.deserializeTokenResponse(new Uint8Array(await response.arrayBuffer())).tokenResponses;
  const results = [];
  for (const [i, side] of sides.entries()) results.push(await shown(url, await side.finalize(answers[i].tokenResponse), true));
  return { status: response.status, mediaType, count: answers.length, strayed: answers.at(-1).tokenResponse, shown: results };
}

/// What an issuer says to a request for a key that it has not.
async function refused({ url, type }) {
  const { issuer, of } = await asked(url);
  const request = strayed(await client(type).createTokenRequest(of(type).challenge, of(type).tokenKey));
  return sendTokenRequest(request.serialize(), issuer).then(() => ({ said: '' }), (error) => ({ said: String(error) }));
}

// The issuer and origin.

async function party(authority) {
  const voprf = await privateVerif.keyGen();
  const algorithm = { modulusLength: 2048, publicExponent: Uint8Array.of(1, 0, 1) };
  const rsa = await publicVerif.Issuer.generateKey(MODE, algorithm);
  const name = 'issuer.example';
  const issuers = {
    1: new privateVerif.Issuer(name, voprf.privateKey, voprf.publicKey),
    2: new publicVerif.Issuer(MODE, name, rsa.privateKey, rsa.publicKey, { supportsRSARAW: false }),
  };
  const keys = { 1: voprf.publicKey, 2: await publicVerif.getPublicKeyBytes(rsa.publicKey) };
  const context = crypto.getRandomValues(new Uint8Array(32));
  const challenge = (type) => new TokenChallenge(type, name, context, [authority, 'other.example']);
  return { issuers, keys, generic: new genericBatched.Issuer(issuers[1], issuers[2]), challenge };
}

const TOKEN_REQUEST = {
  [MediaType.PRIVATE_TOKEN_REQUEST]: async ({ issuers }, body) => {
    const { tokenRequest } = genericBatched.TokenRequest.deserialize(body);
    return [200, MediaType.PRIVATE_TOKEN_RESPONSE, await issuers[tokenRequest.tokenType].issue(tokenRequest)];
  },
  [MediaType.GENERIC_BATCHED_TOKEN_REQUEST]: async ({ generic }, body) => {
    const response = await generic.issue(genericBatched.BatchedTokenRequest.deserialize(body));
    const status = response.tokenResponses.every((one) => one.tokenResponse) ? 200 : 206;
    return [status, MediaType.GENERIC_BATCHED_TOKEN_RESPONSE, response];
  },
};

/// Whether a token is for this challenge and key and holds.
async function holds({ issuers, keys, challenge }, type, token) {
  const { authInput } = token;
  const bound = same(authInput.challengeDigest, await sha256(challenge(type).serialize()));
  return bound && same(authInput.tokenKeyId, await sha256(keys[type])) && (await issuers[type].verify(token));
}

/// The route /protected/TYPE/STYLE: status and header.
async function protect(self, [type, style], authorization) {
  if (authorization) {
    const headers = AuthorizationHeader.parse(ENTRIES[type], authorization);
    return headers.length === 1 && (await holds(self, type, headers[0].token)) ? [200, {}] : [403, {}];
  }
  const quoted = style === 'quoted';
  const offer = (type) => new WWWAuthenticateHeader(self.challenge(type), self.keys[type], 60).toString(quoted);
  return [401, { 'WWW-Authenticate': [1, 2].map(offer).join(', ') }];
}

async function handle(self, request, response) {
  const chunks = [];
  for await (const chunk of request) chunks.push(chunk);
  const body = Uint8Array.from(Buffer.concat(chunks));
  const [, route, ...rest] = request.url.split('/');
  if (request.url === PRIVATE_TOKEN_ISSUER_DIRECTORY) {
    const keys = [1, 2].map((type) => ({ 'token-type': type, 'token-key': base64url(self.keys[type]) }));
    return response.end(JSON.stringify({ 'issuer-request-uri': '/token-request', 'token-keys': keys }));
  }
  if (route === 'token-request') {
    const [status, type, message] = await TOKEN_REQUEST[request.headers['content-type']](self, body);
    return response.writeHead(status, { 'Content-Type': type }).end(message.serialize());
  }
  return response.writeHead(...(await protect(self, rest.map((part) => +part || part), request.headers.authorization))).end();
}

async function serve() {
  const server = createServer();
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  // The process ends with its input, not with the server.
  server.unref();
  const address = `127.0.0.1:${server.address().port}`;
  const self = await party(address);
  server.on('request', (request, response) =>
    handle(self, request, response).catch((error) => response.writeHead(500).end(String(error))),
  );
  return { address };
}

const operations = { redeem, batch, refused, serve };
for await (const line of createInterface({ input: process.stdin })) {
  const request = JSON.parse(line);
  const answer = await operations[request.op](request).catch((error) => ({ error: String(error?.stack ?? error) }));
  process.stdout.write(`${JSON.stringify(answer)}\n`);
}
