"use strict";
// The backend of the page that `gouji serve` gives: every file is sent, judged and forgotten.
const token = new URLSearchParams(location.hash.slice(1)).get("token") || "";

async function ask(path, options) {
  let answer;
  // Of many files at once the service takes so many a minute; the others wait their turn.
  for (let tries = 0; ; tries += 1) {
    try {
      answer = await fetch(path, options);
    } catch {
      throw new Error(lang === "en" ? "The service does not answer: try again later."
        : "连不上校验服务，请稍后再试，或与管理员联系。");
    }
    if (answer.status !== 429 || entries.length < 2 || tries > 30) break;
    await new Promise((resolve) => setTimeout(resolve, 3000));
  }
  if (!answer.ok) throw new Error((await answer.json()).error);
  return answer;
}

// The workbook's bytes, then last year's report; a header says where the second begins.
function post(path, file, prior, more = {}) {
  const headers = { "X-File-Name": encodeURIComponent(file.name), "Content-Type": "application/octet-stream",
    "X-Lang": lang, ...more };
  if (token) headers.Authorization = "Bearer " + token;
  let body = file;
  if (prior) {
    headers["X-Prior"] = `${file.size};${encodeURIComponent(prior.name)}`;
    body = new Blob([file, prior]);
  }
  return ask(path, { method: "POST", headers, body });
}

const backend = {
  check: async (file, prior) => (await post("api/check", file, prior)).json(),
  flag: async (file, prior) => (await post("api/flag", file, prior)).blob(),
  fix: async (file, repairs, prior) => (await post("api/fix", file, prior, { "X-Repairs": repairs.join(",") })).blob(),
  zeros: async (file) => (await post("api/zeros", file, null)).blob(),
  rule: async (rule, edition) => (await ask(`api/rules/${rule}?edition=${edition}&lang=${lang}`)).json(),
  blank: async (edition) => (await ask(`blank-${edition}.xlsx`)).blob(),
};
