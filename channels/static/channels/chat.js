// The chat page. Everything works without this file too (plain forms); it saves page loads and data.
"use strict";

(() => {
  const data = JSON.parse(document.getElementById("page-data").textContent);
  const chat = document.getElementById("chat");
  const form = document.getElementById("ask");
  const text = document.getElementById("text");
  const send = document.getElementById("send");
  const languages = document.getElementById("language");
  const SHOWN_SOURCES = 2; // the others are folded; as in channels/web/page.py
  const KEY = "safar-conversation"; // sessionStorage: gone when the tab closes, since others may pick up the phone

  let language = document.documentElement.lang;
  let waiting = false;

  function newConversation() {
    const bytes = crypto.getRandomValues(new Uint8Array(18));
    return btoa(String.fromCharCode(...bytes)).replace(/\+/g, "-").replace(/\//g, "_");
  }

  function remembered() {
    try {
      const known = sessionStorage.getItem(KEY) || form.elements.conversation.value || newConversation();
      sessionStorage.setItem(KEY, known);
      return known;
    } catch { // storage is off
      return form.elements.conversation.value || newConversation();
    }
  }

  let conversation = remembered();

  function word(key) {
    return data.words[language][key];
  }

  function element(name, className, content) {
    const made = document.createElement(name);
    if (className) made.className = className;
    if (content !== undefined) made.textContent = content;
    return made;
  }

  function showLast(node) {
    const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
    node.scrollIntoView({ block: "start", behavior: calm ? "auto" : "smooth" });
  }

  function bubble(who, content, tag) {
    const said = element("article", `said ${who}`);
    const words = element("p", "", content);
    if (tag) {
      said.lang = tag;
      said.dir = data.languages[tag].direction;
    } else {
      words.dir = "auto"; // not on the whole: its hidden heading would decide
    }
    said.append(element("h2", "hidden", word(`${who}_said`)), words);
    chat.append(said);
    return said;
  }

  function addButtons(said, buttons) {
    if (!buttons.length) return;
    const row = element("div", "choices");
    for (const choice of buttons) {
      const button = element("button", "", choice.title);
      button.type = "button";
      button.addEventListener("click", () => say(choice.title, choice.payload));
      row.append(button);
    }
    said.append(row);
  }

  function addSources(sources, tag) {
    if (!sources.length) return;
    const box = element("aside", "sources");
    box.lang = tag;
    box.dir = data.languages[tag].direction;
    const list = element("ul");
    list.append(...sources.slice(0, SHOWN_SOURCES).map((source) => sourceItem(source, tag)));
    box.append(element("h3", "", data.words[tag].sources), list);
    const others = sources.slice(SHOWN_SOURCES);
    if (others.length) {
      const folded = element("details");
      const rest = element("ul");
      rest.append(...others.map((source) => sourceItem(source, tag)));
      folded.append(element("summary", "", `${data.words[tag].more_sources} (${others.length})`), rest);
      box.append(folded);
    }
    chat.append(box);
  }

  function sourceItem(source, tag) {
    const item = element("li");
    const link = element("a", "", `${source.publisher}: ${source.title}`);
    if (/^https?:\/\//.test(source.url)) link.href = source.url;
    link.target = "_blank";
    link.rel = "noopener noreferrer";
    link.dir = "auto";
    const day = element("time", "", source.checked);
    day.dateTime = source.checked;
    day.dir = "ltr"; // or right-to-left text turns the date round
    item.append(link, ` ${data.words[tag].checked} `, day);
    return item;
  }

  function showProblem(key, again) {
    const problem = element("p", "problem", word(key));
    problem.setAttribute("role", "alert");
    const retry = element("button", "", word("retry"));
    retry.type = "button";
    retry.addEventListener("click", () => { problem.remove(); again(); });
    problem.append(retry);
    chat.append(problem);
    showLast(problem);
  }

  async function post(path, body) {
    return fetch(path, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify(body),
      credentials: "omit",
      referrerPolicy: "no-referrer",
      signal: AbortSignal.timeout ? AbortSignal.timeout(30000) : undefined,
    });
  }

  function busy(on) {
    waiting = on;
    send.disabled = on;
    for (const button of chat.querySelectorAll(".choices button")) button.disabled = on;
  }

  async function say(shown, payload) {
    if (waiting || !shown.trim()) return;
    const mine = bubble("you", shown);
    showLast(mine);
    await ask({ conversation, text: payload ? "" : shown, channel: "web", ...(payload ? { payload } : {}) }, mine);
  }

  async function ask(body, mine) {
    busy(true);
    const typing = element("p", "typing", word("typing"));
    chat.append(typing);
    try {
      const response = await post("/chat/api", body);
      if (response.status === 413) {
        typing.remove();
        showProblem("too_long", () => { text.focus(); });
      } else if (!response.ok) {
        throw new Error(String(response.status));
      } else {
        const reply = await response.json();
        typing.remove();
        if (body.conversation === conversation) show(reply, mine); // not if the chat was cleared meanwhile
      }
    } catch {
      typing.remove();
      showProblem(navigator.onLine ? "failed" : "offline", () => ask(body, mine));
    } finally {
      busy(false);
    }
  }

  function show(reply, mine) {
    for (const message of reply.messages) {
      addButtons(bubble("safar", message.text, reply.language), message.buttons);
    }
    addSources(reply.sources, reply.language);
    showLast(mine); // the question stays in sight above its answer
  }

  function speak(tag) {
    language = tag;
    document.documentElement.lang = tag;
    document.documentElement.dir = data.languages[tag].direction;
    document.title = word("title");
    for (const node of document.querySelectorAll("[data-word]")) node.textContent = word(node.dataset.word);
    for (const node of document.querySelectorAll("[data-word-placeholder]")) node.placeholder = word(node.dataset.wordPlaceholder);
    history.replaceState(null, "", `/?language=${encodeURIComponent(tag)}`);
  }

  function empty() {
    for (const node of [...chat.children]) if (node.id !== "opening") node.remove();
    text.value = "";
  }

  async function clear() {
    if (!confirm(word("clear_confirm"))) return;
    const old = conversation;
    try { sessionStorage.removeItem(KEY); } catch { /* storage is off */ }
    form.elements.conversation.value = "";
    conversation = remembered();
    empty();
    try {
      const response = await post("/chat/forget", { conversation: old });
      if (!response.ok) throw new Error(String(response.status));
      chat.append(element("p", "note", word("cleared")));
    } catch {
      showProblem(navigator.onLine ? "failed" : "offline", () => post("/chat/forget", { conversation: old }));
    }
    text.focus();
  }

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (waiting) return;
    const typed = text.value.trim();
    text.value = "";
    say(typed);
    text.focus();
  });

  text.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
      event.preventDefault();
      form.requestSubmit();
    }
  });

  languages.addEventListener("change", () => speak(languages.value));
  document.getElementById("clear").addEventListener("click", clear);
  document.getElementById("clear").hidden = false;
  document.getElementById("exit").addEventListener("click", (event) => {
    event.preventDefault();
    empty();
    try { sessionStorage.removeItem(KEY); } catch { /* storage is off */ }
    location.replace(event.currentTarget.href); // "back" does not lead here again
  });
  for (const button of chat.querySelectorAll(".choices button")) {
    button.type = "button";
    const title = button.textContent;
    button.addEventListener("click", () => say(title, button.value));
  }
})();
