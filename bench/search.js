// The search of the site: a field in the head of every page. SECTIONS stand before this in the same
// file, so that it works from a folder, without a server and a worker. Words are looked for as they
// are written, which serves Chinese too; pages in the language of the one that is open come first.
(() => {
  const root = new URL(".", document.currentScript.src);
  const here = SECTIONS.find((each) => new URL(each.url, root).pathname === location.pathname);
  const field = Object.assign(document.createElement("input"), {
    type: "search",
    placeholder: "搜索 Search",
    ariaLabel: "搜索 Search",
  });
  const list = Object.assign(document.createElement("ul"), { hidden: true, ariaLabel: "结果 Results" });
  const box = document.createElement("div");
  box.className = "gouji-search";
  box.setAttribute("role", "search");
  box.append(field, list);
  document.querySelector(".md-header__inner").append(box);

  const line = ({ url, id, page, head, text }, word) => {
    const link = document.createElement("a");
    link.href = new URL(url, root).href + (id ? `#${id}` : "");
    const at = Math.max(0, text.toLowerCase().indexOf(word) - 20);
    const title = document.createElement("strong");
    title.textContent = page === head ? head : `${page} › ${head}`;
    link.append(title, document.createElement("br"), text.slice(at, at + 90));
    const item = document.createElement("li");
    item.append(link);
    return item;
  };
  field.addEventListener("input", () => {
    const words = field.value.toLowerCase().split(/\s+/).filter(Boolean);
    const weight = (each) =>
      (each.lang === here?.lang ? 2 : 0) + (each.head.toLowerCase().includes(words[0]) ? 1 : 0);
    const found = SECTIONS.filter((each) => {
      const whole = `${each.page} ${each.head} ${each.text}`.toLowerCase();
      return words.every((word) => whole.includes(word));
    }).sort((one, other) => weight(other) - weight(one));
    list.replaceChildren(...(words.length ? found.slice(0, 20) : []).map((each) => line(each, words[0])));
    list.hidden = !list.children.length;
  });
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") list.hidden = true;
  });
})();
