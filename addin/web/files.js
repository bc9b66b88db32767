"use strict";
// Files that come in, from a folder to its bottom, and that go out, several in one zip.
const readable = (name) => $("file").accept.split(",").some((suffix) => name.toLowerCase().endsWith(suffix));
const isWorkbook = (name) => $("folder").accept.split(",").some((suffix) => name.toLowerCase().endsWith(suffix));

// What lies in a folder that was dropped, to its bottom.
async function inside(item) {
  if (item.isFile) return [await new Promise((resolve, reject) => item.file(resolve, reject))];
  const reader = item.createReader();
  const found = [];
  for (;;) {
    const some = await new Promise((resolve, reject) => reader.readEntries(resolve, reject));
    if (!some.length) return found;
    for (const one of some) found.push(...await inside(one));
  }
}

// What is read of files that were chosen; of a folder its workbooks, where it has any.
function chosenOf(files, folder = false) {
  if (files.length < 2) return take(files);
  let kept = files.filter((f) => readable(f.name) && !f.name.startsWith("~$"));
  const books = kept.filter((f) => isWorkbook(f.name));
  if (folder && books.length) kept = books;
  kept.sort((a, b) => a.name.localeCompare(b.name, "zh-CN"));
  return take(kept, files.length - kept.length);
}

async function dropped(transfer) {
  const items = [...transfer.items].map((i) => (i.webkitGetAsEntry ? i.webkitGetAsEntry() : null));
  const files = [...transfer.files];
  if (!items.some((item) => item && item.isDirectory)) return chosenOf(files);
  const found = [];
  for (const item of items) if (item) found.push(...await inside(item));
  return chosenOf(found, true);
}

function save(blob, name) {
  const link = element("a");
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10000);
}

// A zip whose files lie in it as they are: workbooks are compressed already.
function zip(files) {
  const parts = [], index = [], taken = new Set(), encoder = new TextEncoder();
  let offset = 0;
  for (const [name, data] of files) {
    const bytes = encoder.encode(free(name, taken));
    const sum = crc(data);
    const local = record(30, 0x04034b50, bytes, data, sum);
    parts.push(local, bytes, data);
    const central = new DataView(new ArrayBuffer(46));
    central.setUint32(0, 0x02014b50, true);
    central.setUint16(4, 20, true);
    new Uint8Array(central.buffer).set(new Uint8Array(local.buffer, 4, 26), 6);
    central.setUint32(42, offset, true);
    index.push(central, bytes);
    offset += 30 + bytes.length + data.length;
  }
  const size = index.reduce((sum, part) => sum + part.byteLength, 0);
  const end = new DataView(new ArrayBuffer(22));
  end.setUint32(0, 0x06054b50, true);
  end.setUint16(8, files.length, true);
  end.setUint16(10, files.length, true);
  end.setUint32(12, size, true);
  end.setUint32(16, offset, true);
  return new Blob([...parts, ...index, end], { type: "application/zip" });
}

function free(name, taken) {
  const dot = name.lastIndexOf(".");
  let tried = name;
  for (let n = 2; taken.has(tried.toLowerCase()); n += 1) tried = `${name.slice(0, dot)}（${n}）${name.slice(dot)}`;
  taken.add(tried.toLowerCase());
  return tried;
}

function record(length, mark, name, data, sum) {
  const view = new DataView(new ArrayBuffer(length));
  view.setUint32(0, mark, true);
  view.setUint16(4, 20, true);
  view.setUint16(6, 0x0800, true); // the name is UTF-8
  view.setUint16(12, 0x5c21, true); // 1 January 2026
  view.setUint32(14, sum, true);
  view.setUint32(18, data.length, true);
  view.setUint32(22, data.length, true);
  view.setUint16(26, name.length, true);
  return view;
}

const CRC = Uint32Array.from({ length: 256 }, (_, n) => {
  for (let bit = 0; bit < 8; bit += 1) n = n & 1 ? (n >>> 1) ^ 0xedb88320 : n >>> 1;
  return n;
});

function crc(data) {
  let sum = 0xffffffff;
  for (const byte of data) sum = (sum >>> 8) ^ CRC[(sum ^ byte) & 255];
  return (sum ^ 0xffffffff) >>> 0;
}
