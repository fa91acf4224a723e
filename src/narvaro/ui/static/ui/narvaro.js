// Comfort only: every page works without it.
"use strict";

const button = document.querySelector(".menu-button");
const menu = document.getElementById("menu");
if (button && menu) {
  const narrow = window.matchMedia("(max-width: 46rem)");
  const fold = (folded) => {
    menu.classList.toggle("is-folded", folded);
    button.setAttribute("aria-expanded", String(!folded));
  };
  const fit = () => {
    button.hidden = !narrow.matches;
    fold(narrow.matches);
  };
  button.addEventListener("click", () => fold(!menu.classList.contains("is-folded")));
  narrow.addEventListener("change", fit);
  fit();
}

const who = document.querySelector("details.who");
const close = (back) => {
  if (who && who.open) {
    who.open = false;
    if (back) who.querySelector("summary").focus();
  }
};
document.addEventListener("keydown", (event) => {
  if (event.key === "Escape") close(who && who.contains(document.activeElement));
});
document.addEventListener("click", (event) => {
  if (who && !who.contains(event.target)) close(false);
});
