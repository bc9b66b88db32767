// Python in a Worker: what carries the bundle sends it here once, then what to ask of road.py. The
// answers are {id, made} or {id, error}; before them {phase}, then {ready} or {failed}.
"use strict";
let road = null;
// Pyodide starts in no worker that can load scripts by address. From a folder no module may be one, so
// this one is of the classic kind that cannot.
self.importScripts = () => { throw new Error("nothing is fetched"); };

async function unpacked(text) {
  const held = atob(text), bytes = new Uint8Array(held.length);
  for (let i = 0; i < held.length; i += 1) bytes[i] = held.charCodeAt(i);
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

async function start(bundle) {
  self.postMessage({ phase: 0 });
  const names = ["pyodide.js", "pyodide.asm.mjs", "pyodide.asm.wasm", "python_stdlib.zip", "gouji.zip", "lock.json"];
  const [loader, glue, wasm, library, ours, packages] = await Promise.all(names.map((name) => unpacked(bundle[name])));
  self.postMessage({ phase: 1 });
  const address = URL.createObjectURL(new Blob([glue], { type: "text/javascript" }));
  const createPyodideModule = (await import(address)).default;
  (0, eval)(new TextDecoder().decode(loader));
  const python = await offline(wasm, library, () => loadPyodide({
    indexURL: "https://page.invalid/", createPyodideModule, packageBaseUrl: "https://page.invalid/",
    lockFileContents: JSON.parse(new TextDecoder().decode(packages)), stdout: () => {}, stderr: () => {},
  }));
  URL.revokeObjectURL(address);
  self.postMessage({ phase: 2 });
  python.unpackArchive(ours, "zip", { extractDir: "/lib/gouji" });
  python.runPython("import sys; sys.path.insert(0, '/lib/gouji')");
  road = python.pyimport("gouji.addin.page.road");
  const sample = road.blank("2021"); // the first check loads what later ones find loaded
  road.check(sample, "sample.xlsx");
  sample.destroy();
}

// While Python starts it asks for two files by address: it gets those that lie in the bundle.
async function offline(wasm, library, work) {
  const before = [self.fetch, WebAssembly.instantiateStreaming];
  let failed;
  const broken = new Promise((_, reject) => { failed = reject; });
  self.fetch = async (address) => {
    if (!String(address).endsWith("python_stdlib.zip")) return new Response("", { status: 404 });
    return new Response(library);
  };
  WebAssembly.instantiateStreaming = async (_, imports) => {
    try {
      return await WebAssembly.instantiate(wasm, imports);
    } catch (problem) {
      failed(problem);
      throw problem;
    }
  };
  try {
    return await Promise.race([work(), broken]);
  } finally {
    [self.fetch, WebAssembly.instantiateStreaming] = before;
  }
}

function asked(name, given) {
  const made = road[name](...given);
  if (typeof made === "string") return made;
  const copy = made.toJs();
  made.destroy();
  return copy;
}

self.onmessage = async ({ data: { bundle, id, name, given } }) => {
  if (bundle) {
    try {
      await start(bundle);
      self.postMessage({ ready: true });
    } catch (problem) {
      self.postMessage({ failed: String(problem.message || problem) });
    }
    return;
  }
  try {
    self.postMessage({ id, made: asked(name, given) });
  } catch (problem) { // the last line of Python's error is the sentence for the clerk
    const last = String(problem.message).trim().split("\n").pop();
    self.postMessage({ id, error: last.replace(/^[\w.]*(InputError): /, "") });
  }
};
