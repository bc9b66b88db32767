// The backend of gouji.html: Python runs in this page; nothing is fetched from anywhere.
const NEEDED = [
  ["WebAssembly", () => typeof WebAssembly === "object"],
  ["BigInt", () => typeof BigInt64Array === "function"],
  ["DecompressionStream", () => typeof DecompressionStream === "function"],
  ["WebAssembly exceptions", () => WebAssembly.validate(new Uint8Array(
    [0, 97, 115, 109, 1, 0, 0, 0, 1, 4, 1, 96, 0, 0, 3, 2, 1, 0, 10, 8, 1, 6, 0, 6, 64, 25, 11, 11]))],
];
const PHASES = {
  zh: ["正在准备：解开程序（1/3）……", "正在准备：启动 Python（2/3）……", "正在准备：装上规则（3/3）……"],
  en: ["Getting ready: unpacking (1/3) …", "Getting ready: starting Python (2/3) …", "Getting ready: loading the rules (3/3) …"],
};

async function part(name) {
  const held = atob($("part-" + name).textContent);
  const bytes = Uint8Array.from(held, (letter) => letter.charCodeAt(0));
  $("part-" + name).remove();
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

// Lets the page draw its progress line before the next long step.
const drawn = () => new Promise((resolve) => setTimeout(resolve, 30));

function module_(bytes) {
  return URL.createObjectURL(new Blob([bytes], { type: "text/javascript" }));
}

async function start() {
  const lacking = NEEDED.filter(([, there]) => { try { return !there(); } catch { return true; } });
  if (lacking.length) {
    const names = lacking.map(([name]) => name).join("、");
    throw new Error(lang === "en"
      ? `This browser is too old: it lacks ${names}. Use a newer Chrome, Edge, Firefox or 360 (fast mode).`
      : `这个浏览器太旧，缺少：${names}。请换新版的 Chrome、Edge、Firefox 或 360 极速模式，或者请管理员用 gouji serve。`);
  }
  say(PHASES[lang][0]);
  await drawn();
  const [loader, glue, wasm, library, ours] = [await part("pyodide.js"), await part("pyodide.asm.mjs"),
    await part("pyodide.asm.wasm"), await part("python_stdlib.zip"), await part("gouji.zip")];
  const lock = JSON.parse(new TextDecoder().decode(await part("lock.json")));
  say(PHASES[lang][1]);
  await drawn();
  const address = module_(glue);
  const createPyodideModule = (await import(address)).default;
  (0, eval)(new TextDecoder().decode(loader));
  const python = await offline(wasm, library, () => loadPyodide({
    indexURL: "https://page.invalid/", createPyodideModule, lockFileContents: lock,
    packageBaseUrl: "https://page.invalid/", stdout: () => {}, stderr: () => {},
  }));
  URL.revokeObjectURL(address);
  say(PHASES[lang][2]);
  await drawn();
  python.unpackArchive(ours, "zip", { extractDir: "/lib/gouji" });
  python.runPython("import sys; sys.path.insert(0, '/lib/gouji')");
  const road = python.pyimport("gouji.addin.page.road");
  const sample = road.blank("2021"); // the first check loads what later ones find loaded
  road.check(sample, "sample.xlsx");
  sample.destroy();
  return road;
}

// While Python starts it asks for two files by address: it gets those that lie in the page.
async function offline(wasm, library, work) {
  const before = [window.fetch, WebAssembly.instantiateStreaming];
  let failed;
  const broken = new Promise((_, reject) => { failed = reject; });
  window.fetch = async (address) => {
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
    [window.fetch, WebAssembly.instantiateStreaming] = before;
  }
}

const ready = start().then((road) => {
  say("");
  return road;
}, (problem) => {
  say(problem.message, true);
  throw problem;
});

const bytesOf = async (file) => new Uint8Array(await file.arrayBuffer());

// The last line of Python's error is the sentence for the clerk.
async function call(name, ...given) {
  const road = await ready;
  await drawn();
  try {
    const made = road[name](...given);
    if (typeof made === "string") return made;
    const copy = made.toJs();
    made.destroy();
    return copy;
  } catch (problem) {
    const last = String(problem.message).trim().split("\n").pop();
    throw new Error(last.replace(/^[\w.]*(InputError): /, ""));
  }
}

async function judged(bytes, name, language, prior) {
  const beside = prior ? [await bytesOf(prior), prior.name] : [];
  return JSON.parse(await call("check", bytes, name, language, ...beside));
}

const backend = {
  check: async (file, prior) => {
    const answer = await judged(await bytesOf(file), file.name, lang, prior);
    if (answer.file.error) throw new Error(answer.file.error);
    return answer;
  },
  flag: async (file, prior) => {
    const beside = prior ? [await bytesOf(prior), prior.name] : [];
    return new Blob([await call("flag", await bytesOf(file), file.name, lang, ...beside)]);
  },
  fix: async (file, repairs, prior) => {
    const beside = prior ? [await bytesOf(prior), prior.name] : [];
    return new Blob([await call("fix", await bytesOf(file), file.name, repairs.join(","), lang, ...beside)]);
  },
  zeros: async (file) => new Blob([await call("zeros", await bytesOf(file), file.name, lang)]),
  rule: async (rule, edition) => JSON.parse(await call("rule", rule, edition, lang)),
  blank: async (edition) => new Blob([await call("blank", edition)]),
};

// For scripts: the file's entry as in `gouji check --format json`, and the marked workbook.
window.gouji = {
  ready: ready.then(() => undefined),
  check: async (bytes, name) => (await judged(bytes, name, "zh", null)).file,
  flag: (bytes, name) => call("flag", bytes, name),
};
window.gouji.ready.catch(() => undefined);
