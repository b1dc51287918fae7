// zip archives as tests need them: whole ones, and ones that are wrong in one place.
import { crc32, deflateRawSync } from "node:zlib";

/** A zip archive of `[name, content, changes]`. */
export function zip(files, { comment = "" } = {}) {
  const parts = [];
  const directory = [];
  let at = 0;
  for (const [name, content, { method = 8, flags = 0x800, crc, isZip64 = false } = {}] of files) {
    const [plain, path] = [Buffer.from(content), Buffer.from(name)];
    const packed = method === 8 ? deflateRawSync(plain) : plain;
    const sum = crc ?? crc32(plain);
    const local = Buffer.alloc(30);
    local.writeUInt32LE(0x04034b50, 0);
    local.writeUInt16LE(flags, 6);
    local.writeUInt16LE(method, 8);
    local.writeUInt16LE(path.length, 26);
    const extra = Buffer.alloc(isZip64 ? 4 + 24 : 0);
    const entry = Buffer.alloc(46);
    entry.writeUInt32LE(0x02014b50, 0);
    entry.writeUInt16LE(flags, 8);
    entry.writeUInt16LE(method, 10);
    entry.writeUInt32LE(sum, 16);
    entry.writeUInt32LE(isZip64 ? 0xffffffff : packed.length, 20);
    entry.writeUInt32LE(isZip64 ? 0xffffffff : plain.length, 24);
    entry.writeUInt16LE(path.length, 28);
    entry.writeUInt16LE(extra.length, 30);
    entry.writeUInt32LE(isZip64 ? 0xffffffff : at, 42);
    if (isZip64) {
      extra.writeUInt16LE(1, 0);
      extra.writeUInt16LE(24, 2);
      [plain.length, packed.length, at].forEach((number, index) => extra.writeBigUInt64LE(BigInt(number), 4 + 8 * index));
    }
    parts.push(local, path, packed);
    directory.push(entry, path, extra);
    at += 30 + path.length + packed.length;
  }
  const size = directory.reduce((length, part) => length + part.length, 0);
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50, 0);
  end.writeUInt16LE(files.length, 10);
  end.writeUInt32LE(size, 12);
  end.writeUInt32LE(at, 16);
  end.writeUInt16LE(comment.length, 20);
  return Buffer.concat([...parts, ...directory, end, Buffer.from(comment)]);
}
