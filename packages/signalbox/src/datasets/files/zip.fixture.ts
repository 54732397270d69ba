import { crc32, deflateRawSync, zstdCompressSync } from 'node:zlib';

/** One member of a ZIP file to be made; what is said of it may be made to lie. */
export interface Packed {
  readonly name: string;
  readonly content: string | Uint8Array;
  readonly method?: 0 | 8 | 93;
  readonly flags?: number;
  /** The sizes in the directory, where they are to be others than the true ones. */
  readonly claims?: { readonly size?: number; readonly packed?: number; readonly crc?: number };
  /** Puts the member's sizes and place into the ZIP64 extra field. */
  readonly wide?: boolean;
}

/** A ZIP file in memory. */
export function zipBytes(members: readonly Packed[]): Buffer {
  const bodies: Buffer[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  for (const member of members) {
    const { name, content, method = 8, flags = 0, claims = {}, wide = false } = member;
    const raw = Buffer.from(content);
    const body = method === 0 ? raw : method === 8 ? deflateRawSync(raw) : zstdCompressSync(raw);
    const { size = raw.length, packed = body.length, crc = crc32(raw) } = claims;
    const nameBytes = Buffer.from(name);
    const common = Buffer.alloc(26);
    common.writeUInt16LE(20, 0);
    common.writeUInt16LE(flags, 2);
    common.writeUInt16LE(method, 4);
    common.writeUInt32LE(crc, 10);
    common.writeUInt32LE(wide ? 0xffffffff : packed, 14);
    common.writeUInt32LE(wide ? 0xffffffff : size, 18);
    common.writeUInt16LE(nameBytes.length, 22);
    const extra = Buffer.alloc(wide ? 28 : 0);
    if (wide) {
      extra.writeUInt16LE(1, 0);
      extra.writeUInt16LE(24, 2);
      for (const [i, value] of [size, packed, offset].entries())
        extra.writeBigUInt64LE(BigInt(value), 4 + 8 * i);
    }
    bodies.push(Buffer.from('PK\x03\x04', 'latin1'), common, nameBytes, body);
    const rest = Buffer.alloc(14);
    rest.writeUInt32LE(wide ? 0xffffffff : offset, 10);
    const head = Buffer.from(common);
    head.writeUInt16LE(extra.length, 24);
    directory.push(Buffer.from('PK\x01\x02\x14\x00', 'latin1'), head, rest, nameBytes, extra);
    offset += 30 + nameBytes.length + body.length;
  }
  const listing = Buffer.concat(directory);
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50, 0);
  end.writeUInt16LE(members.length, 8);
  end.writeUInt16LE(members.length, 10);
  end.writeUInt32LE(listing.length, 12);
  end.writeUInt32LE(offset, 16);
  return Buffer.concat([...bodies, listing, end]);
}
