/** ASN.1 in its distinguished encoding, as far as certificates need it: ITU-T X.690. */

export function der(tag: number, ...parts: readonly Buffer[]): Buffer {
  const content = Buffer.concat(parts);
  return Buffer.concat([Buffer.from([tag, ...lengthOf(content)]), content]);
}

export function sequence(...parts: readonly Buffer[]): Buffer {
  return der(0x30, ...parts);
}

export function objectId(dotted: string): Buffer {
  const [first = 0, second = 0, ...rest] = dotted.split('.').map(Number);
  return der(0x06, Buffer.from([first * 40 + second, ...rest.flatMap(base128)]));
}

export function text(value: string): Buffer {
  return der(0x0c, Buffer.from(value));
}

export function bits(content: Buffer): Buffer {
  return der(0x03, Buffer.from([0]), content);
}

/** Until 2049: RFC 5280, 4.1.2.5.1. */
export function time(date: Date): Buffer {
  const digits = date.toISOString().replace(/[-:T]|\.\d+/g, '');
  return der(0x17, Buffer.from(digits.slice(2)));
}

function lengthOf({ length }: Buffer): number[] {
  if (length < 0x80) return [length];
  const bytes = length < 0x100 ? [length] : [length >> 8, length & 0xff];
  return [0x80 | bytes.length, ...bytes];
}

function base128(value: number): number[] {
  const low = value & 0x7f;
  const rest = value >> 7;
  return rest === 0 ? [low] : [...base128(rest).map((byte) => byte | 0x80), low];
}
