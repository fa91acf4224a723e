// Comfort only: the links work without it. The next pupil is fetched before it is asked for, into this page's memory and
// nowhere else, so that the answer's no-store holds. The server writes each such fetch down as a read.
"use strict";

(() => {
  const view = document.getElementById("meeting-pupil");
  const list = document.querySelector(".agenda");
  if (!view) return;
  const KEYS = "meeting-keys";
  let ahead = { url: "", text: null };

  const ask = async (url, headers) => {
    const answer = await fetch(url, { headers: { "HX-Request": "true", ...headers }, credentials: "same-origin" });
    if (!answer.ok || answer.redirected) throw new Error(String(answer.status));
    return answer.text();
  };
  const preload = () => {
    const next = view.querySelector("a[rel=next]");
    if (!next || ahead.url === next.href) return;
    ahead = { url: next.href, text: ask(next.href, { "X-Preload": "1" }) };
    ahead.text.catch(() => { ahead = { url: "", text: null }; });
  };
  const mark = (url) => {
    for (const link of list.querySelectorAll("a[data-pupil]")) {
      if (link.href === url) {
        link.setAttribute("aria-current", "true");
        link.scrollIntoView({ block: "nearest" });
      } else link.removeAttribute("aria-current");
    }
  };
  const show = async (url, push) => {
    try {
      view.innerHTML = await (ahead.url === url ? ahead.text : ask(url, {}));
    } catch {
      window.location.assign(url);
      return;
    }
    if (push) window.history.pushState(null, "", url);
    mark(url);
    window.htmx?.process(view);
    view.querySelector("h2")?.focus({ preventScroll: true });
    if (view.getBoundingClientRect().top < 0) view.scrollIntoView();
    preload();
  };

  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[data-pupil]");
    if (!link || event.button || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    show(link.href, true);
  });
  window.addEventListener("popstate", () => show(window.location.href, false));

  // Single letters can be switched off, for those who speak to their computer (WCAG 2.1.4).
  const say = document.createElement("p");
  say.className = "keys";
  const toggle = document.createElement("button");
  toggle.type = "button";
  say.append(toggle);
  list.querySelector("form").after(say);
  const keysOn = () => window.localStorage.getItem(KEYS) !== "off";
  const tell = () => {
    toggle.textContent = list.dataset[keysOn() ? "keysOn" : "keysOff"];
    toggle.setAttribute("aria-pressed", String(keysOn()));
  };
  toggle.addEventListener("click", () => {
    window.localStorage.setItem(KEYS, keysOn() ? "off" : "on");
    tell();
  });
  tell();
  document.addEventListener("keydown", (event) => {
    if (event.metaKey || event.ctrlKey || event.altKey || event.target.closest("input, select, textarea, [contenteditable]")) return;
    const way = { ArrowRight: "next", ArrowLeft: "prev", ...(keysOn() ? { j: "next", k: "prev" } : {}) }[event.key];
    if (!way || event.target.closest("[role=region]")) return;
    const link = view.querySelector(`a[rel=${way}]`);
    if (!link) return;
    event.preventDefault();
    show(link.href, true);
  });
  preload();
})();
