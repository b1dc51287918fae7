// zip archives of log files (PKWARE's APPNOTE), read from the directory at their end. Several files are one log, in the
// order of their names.
import { type Bytes, pieces } from "./bytes.js";
import { PackedError } from "./errors.js";
import { inflated, Input, stored } from "./gzip.js";

interface File {
  name: string;
  method: number;
  crc: number;
  packed: number;
  size: number;
  /** Where its local header begins. */
  header: number;
}

const [DIRECTORY_END, DIRECTORY_END_64, LOCATOR_64, DIRECTORY_ENTRY, LOCAL_HEADER] = [0x06054b50, 0x06064b50, 0x07064b50, 0x02014b50, 0x04034b50];
/** A comment of the greatest length, and what stands before it. */
const LONGEST_END = 0xffff + 22;
/** No directory of log files is larger. */
const LARGEST_DIRECTORY = 64 << 20;
const [STORED, DEFLATED, AES] = [0, 8, 99];
const ENCRYPTED = 1;
/** Stands for a number that is among the extra fields. */
const ELSEWHERE = 0xffff_ffff;
const ZIP64 = 1;

/** The unpacked bytes of all files, each behind a line feed but the first; `read` is told of packed bytes. */
export async function* unzip(zip: Bytes, read: (bytes: number) => void, signal?: AbortSignal): AsyncGenerator<Uint8Array> {
  let isFirst = true;
  for (const file of await files(zip)) {
    if (!isFirst) yield Uint8Array.of(0x0a);
    isFirst = false;
    yield* unpacked(zip, file, read, signal);
  }
}

async function* unpacked(zip: Bytes, file: File, read: (bytes: number) => void, signal?: AbortSignal): AsyncGenerator<Uint8Array> {
  const header = view(await zip.slice(file.header, file.header + 30));
  if (header.byteLength < 30 || header.getUint32(0, true) !== LOCAL_HEADER) throw damaged();
  const start = file.header + 30 + header.getUint16(26, true) + header.getUint16(28, true);
  if (start + file.packed > zip.size) throw damaged();
  const packed = async function* (): AsyncGenerator<Uint8Array> {
    for await (const piece of pieces(zip, signal, start, start + file.packed)) {
      read(piece.length);
      yield piece;
    }
  };
  const sums = { crc: 0, size: 0 };
  const bytes = packed();
  const input = new Input(bytes);
  try {
    yield* file.method === STORED ? stored(input, sums) : inflated(input, sums, damaged);
  } finally {
    await bytes.return(undefined);
  }
  if (sums.crc !== file.crc || sums.size !== file.size) throw damaged();
}

/** The log files in the archive. */
async function files(zip: Bytes): Promise<File[]> {
  const { count, start, size } = await directory(zip);
  if (size > LARGEST_DIRECTORY || start + size > zip.size) throw damaged();
  const entries = view(await zip.slice(start, start + size));
  const files: File[] = [];
  for (let at = 0, index = 0; index < count; index++) {
    if (at + 46 > entries.byteLength || entries.getUint32(at, true) !== DIRECTORY_ENTRY) throw damaged();
    const [name, extra, comment] = [entries.getUint16(at + 28, true), entries.getUint16(at + 30, true), entries.getUint16(at + 32, true)];
    const end = at + 46 + name + extra + comment;
    if (end > entries.byteLength) throw damaged();
    const file = entry(entries, at, name, extra);
    if (!file.name.startsWith("__MACOSX/")) files.push(checked(file, entries.getUint16(at + 8, true)));
    at = end;
  }
  if (files.length === 0) throw new PackedError("the zip file holds no files");
  return files.sort((one, other) => one.name.localeCompare(other.name, "en", { numeric: true }));
}

/** What is wrong with a file, if anything. */
function checked(file: File, flags: number): File {
  const folder = /^.*[/\\]/.exec(file.name)?.[0];
  if (folder !== undefined) throw new PackedError(`the zip file holds a folder, \`${folder}\`: unpack it, and open the files in it`);
  if (flags & ENCRYPTED || file.method === AES) throw new PackedError(`\`${file.name}\` in the zip file has a password: unpack it first`);
  if (file.method !== STORED && file.method !== DEFLATED) {
    throw new PackedError(`\`${file.name}\` in the zip file is packed in a way that is not known (method ${file.method}): unpack it first`);
  }
  if (file.method === STORED && file.packed !== file.size) throw damaged();
  return file;
}

/** The directory's entry at `at`. */
function entry(entries: DataView, at: number, nameLength: number, extraLength: number): File {
  const name = new TextDecoder().decode(new Uint8Array(entries.buffer, entries.byteOffset + at + 46, nameLength));
  let [packed, size, header] = [entries.getUint32(at + 20, true), entries.getUint32(at + 24, true), entries.getUint32(at + 42, true)];
  const extraEnd = at + 46 + nameLength + extraLength;
  for (let field = at + 46 + nameLength; field + 4 <= extraEnd; field += 4 + entries.getUint16(field + 2, true)) {
    if (entries.getUint16(field, true) !== ZIP64) continue;
    let number = field + 4;
    const next = (): number => {
      if (number + 8 > extraEnd) throw damaged();
      number += 8;
      return Number(entries.getBigUint64(number - 8, true));
    };
    if (size === ELSEWHERE) size = next();
    if (packed === ELSEWHERE) packed = next();
    if (header === ELSEWHERE) header = next();
    break;
  }
  return { name, method: entries.getUint16(at + 10, true), crc: entries.getUint32(at + 16, true), packed, size, header };
}

/** Where the directory lies. */
async function directory(zip: Bytes): Promise<{ count: number; start: number; size: number }> {
  const from = Math.max(0, zip.size - LONGEST_END);
  const tail = view(await zip.slice(from, zip.size));
  let at = tail.byteLength - 22;
  while (at >= 0 && tail.getUint32(at, true) !== DIRECTORY_END) at--;
  if (at < 0) throw new PackedError("the zip file is cut off: its directory is not there");
  const there = { count: tail.getUint16(at + 10, true), size: tail.getUint32(at + 12, true), start: tail.getUint32(at + 16, true) };
  if (there.start !== ELSEWHERE && there.size !== ELSEWHERE && there.count !== 0xffff) return there;
  if (at < 20 || tail.getUint32(at - 20, true) !== LOCATOR_64) return there;
  const end = Number(tail.getBigUint64(at - 12, true));
  const large = view(await zip.slice(end, end + 56));
  if (large.byteLength < 56 || large.getUint32(0, true) !== DIRECTORY_END_64) throw damaged();
  const number = (offset: number): number => Number(large.getBigUint64(offset, true));
  return { count: number(32), size: number(40), start: number(48) };
}

const damaged = (): Error => new PackedError("the zip file is damaged");

const view = (bytes: Uint8Array): DataView => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
