// The backend of gouji.html: Python runs beside this page; nothing is fetched from anywhere.
const PHASES = {
  zh: ["正在准备（1/3）：解开程序", "正在准备（2/3）：启动 Python", "正在准备（3/3）：装上规则"],
  en: ["Getting ready (1/3): unpacking", "Getting ready (2/3): starting Python", "Getting ready (3/3): loading the rules"],
};

// What the page is doing until it can judge, and for how many seconds already.
function prepare() {
  const names = lacking();
  if (names.length) {
    return { ready: Promise.reject(new Error(lang === "en"
      ? `This browser is too old: it lacks ${names.join(", ")}. Use a newer Chrome, Edge, Firefox or 360 (fast mode).`
      : `这个浏览器太旧，缺少：${names.join("、")}。请换新版的 Chrome、Edge、Firefox 或 360 极速模式，或者请管理员用 gouji serve。`)) };
  }
  const began = Date.now();
  let phase = 0;
  const tell = () => say(PHASES[lang][phase] + (lang === "en" ? ` … ${seconds()} s` : `……已用${seconds()}秒`));
  const seconds = () => Math.round((Date.now() - began) / 1000);
  const clock = setInterval(tell, 1000);
  const made = startEngine(BUNDLE, (now) => { phase = now; tell(); });
  const stop = () => clearInterval(clock);
  made.ready.then(stop, stop);
  return made;
}

const engine = prepare();
const ready = engine.ready.then(() => say(""), (problem) => {
  say(problem.message, true);
  throw problem;
});

const bytesOf = async (file) => new Uint8Array(await file.arrayBuffer());

const call = (name, ...given) => ready.then(() => engine.call(name, ...given));

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
  ready,
  check: async (bytes, name) => (await judged(bytes, name, "zh", null)).file,
  flag: (bytes, name) => call("flag", bytes, name),
};
window.gouji.ready.catch(() => undefined);
