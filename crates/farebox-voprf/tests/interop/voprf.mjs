// The other side of tests/interop.rs: @noble/curves as client or server of RFC 9497.
// Reads a JSON object a line, writes one a line; bytes are hex. It keeps nothing between lines.
import { createInterface } from 'node:readline';
import { ristretto255_oprf } from '@noble/curves/ed25519.js';
import { p256_oprf, p384_oprf } from '@noble/curves/nist.js';

const suites = [ristretto255_oprf, p256_oprf, p384_oprf];
const bytes = (text) => Uint8Array.from(Buffer.from(text, 'hex'));
const hex = (array) => Buffer.from(array).toString('hex');
const each = (value, convert) => Object.fromEntries(Object.entries(value).map(([name, entry]) => [name, convert(entry)]));

function answer({ suite: name, mode, op, info, ...request }) {
  const suite = suites.find((candidate) => candidate.name === name);
  const protocol = mode === 'poprf' ? suite.poprf(bytes(info)) : suite[mode];
  const [sk, pk] = [request.sk, request.pk].map((key) => key && bytes(key));
  switch (op) {
    case 'keys':
      return each(protocol.deriveKeyPair(bytes(request.seed), bytes(request.keyInfo)), hex);
    case 'blind': {
      const blind = (input) => (mode === 'poprf' ? protocol.blind(input, pk) : protocol.blind(input));
      return { items: request.inputs.map((input) => ({ input, ...each(blind(bytes(input)), hex) })) };
    }
    case 'evaluate': {
      const blinded = request.blinded.map(bytes);
      if (mode === 'oprf') return { evaluated: blinded.map((element) => hex(protocol.blindEvaluate(sk, element))), proof: '' };
      const { evaluated, proof } =
        mode === 'poprf' ? protocol.blindEvaluateBatch(sk, blinded) : protocol.blindEvaluateBatch(sk, pk, blinded);
      return { evaluated: evaluated.map(hex), proof: hex(proof) };
    }
    case 'finalize': {
      const items = request.items.map((item, i) => each({ ...item, evaluated: request.evaluated[i] }, bytes));
      if (mode === 'oprf') return { outputs: items.map((item) => hex(protocol.finalize(item.input, item.blind, item.evaluated))) };
      const proof = bytes(request.proof);
      const outputs =
        mode === 'poprf' ? protocol.finalizeBatch(items, proof, items[0].tweakedKey) : protocol.finalizeBatch(items, pk, proof);
      return { outputs: outputs.map(hex) };
    }
    default:
      throw new Error(`no operation ${op}`);
  }
}

for await (const line of createInterface({ input: process.stdin })) {
  let result;
  try {
    result = answer(JSON.parse(line));
  } catch (error) {
    result = { error: String(error) };
  }
  console.log(JSON.stringify(result));
}
