// Who judges where the page itself can: Python in a Worker, so that the page goes on answering.
"use strict";
const NEEDED = [
  ["Worker", () => typeof Worker === "function"],
  ["WebAssembly", () => typeof WebAssembly === "object"],
  ["BigInt", () => typeof BigInt64Array === "function"],
  ["DecompressionStream", () => typeof DecompressionStream === "function"],
  ["WebAssembly exceptions", () => WebAssembly.validate(new Uint8Array(
    [0, 97, 115, 109, 1, 0, 0, 0, 1, 4, 1, 96, 0, 0, 3, 2, 1, 0, 10, 8, 1, 6, 0, 6, 64, 25, 11, 11]))],
];

// What this browser lacks of what the engine needs, by name.
function lacking() {
  return NEEDED.filter(([, there]) => { try { return !there(); } catch (_) { return true; } }).map(([name]) => name);
}

async function workerAddress(text) {
  const bytes = Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
  const source = await new Response(stream).text();
  return URL.createObjectURL(new Blob([source], { type: "text/javascript" }));
}

// {ready, call}: `ready` is kept or broken once; `call(name, …)` promises what road.py answers.
// `phase` is told 0, 1, 2: unpacking, Python, the rules.
function startEngine(bundle, phase) {
  const waiting = new Map();
  let worker, number = 0;
  const ready = workerAddress(bundle["worker.js"]).then((address) => new Promise((resolve, reject) => {
    worker = new Worker(address);
    const broken = (text) => { // of memory, say: nobody waits for ever
      reject(new Error(text));
      for (const one of waiting.values()) one.reject(new Error(text));
      waiting.clear();
    };
    worker.onerror = (event) => broken(event.message || "the engine ended");
    worker.onmessage = ({ data }) => {
      if ("phase" in data) return phase(data.phase);
      if (data.ready) return resolve();
      if ("failed" in data) return broken(data.failed);
      const { resolve: done, reject: failed } = waiting.get(data.id);
      waiting.delete(data.id);
      return "error" in data ? failed(new Error(data.error)) : done(data.made);
    };
    worker.postMessage({ bundle });
  }));
  ready.catch(() => undefined); // who calls hears of it
  const call = (name, ...given) => ready.then(() => new Promise((resolve, reject) => {
    number += 1;
    waiting.set(number, { resolve, reject });
    worker.postMessage({ id: number, name, given });
  }));
  return { ready, call };
}
