// Every page by keyboard. An element says which key reaches it, and the list behind "?" is made of what the page holds:
//
//   data-key="k"        pressed outside a field: the link is followed, the button pressed, the field entered
//   data-key="g p"      one key after the other (the second within SECOND_MS)
//   data-key-label      what the list calls it; without it, the element's own words (its <kbd> left out)
//   data-key-list       j and k go from item to item of this list (data-key-item, or its direct children); Home and End too
//   data-key-item       an item of the list: what is focused in it is its first link or button, or itself where it has a tabindex
//
// Of several elements with one key the one in the focused item wins, then the first that can be seen.
// Single letters can be turned off (WCAG 2.2, 2.1.4): the switch stands in the list and is kept in this browser.
const KEPT = 'pintasan';
const SECOND_MS = 1500;
const FIELDS = 'textarea,select,[contenteditable]:not([contenteditable=false])';
const WRITTEN = 'input:not([type=checkbox],[type=radio],[type=button],[type=submit],[type=reset],[type=range],[type=color],[type=file])';
const list = document.getElementById('tombol');
let first = '';
let waiting = 0;

const writes = (element) => element instanceof Element && element.matches(`${FIELDS},${WRITTEN}`);

const on = () => {
  try {
    return localStorage.getItem(KEPT) !== 'mati';
  } catch {
    return true;
  }
};

// The main navigation may be folded away on a small screen: its keys work all the same.
const usable = (element) =>
  !element.disabled && element.getAttribute('aria-disabled') !== 'true' && (element.getClientRects().length > 0 || element.closest('nav.main'));

const scope = () => document.querySelector('dialog[open]') ?? document;

const keyed = () => [...scope().querySelectorAll('[data-key]')].filter(usable);

const keysOf = (element) => element.dataset.key.split(',').map((key) => key.trim()).filter(Boolean);

const wanted = (keys) => {
  const found = keyed().filter((element) => keysOf(element).includes(keys));
  const item = document.activeElement?.closest('[data-key-item],[data-key-list]>*');
  return found.find((element) => item?.contains(element)) ?? found[0];
};

const reach = (element) => {
  if (writes(element)) {
    element.focus();
    element.select?.();
  } else if (element.matches('a[href],button,summary,input,label,[role=button],[role=tab]')) {
    element.focus({ preventScroll: true });
    element.click();
  } else {
    element.focus();
  }
};

// Lists.

const itemsOf = (held) => {
  const marked = [...held.querySelectorAll('[data-key-item]')];
  return (marked.length ? marked : [...held.children]).filter((item) => item.getClientRects().length > 0);
};

const inItem = (item) => (item.matches('[tabindex],a[href],button') ? item : item.querySelector('a[href],button,[tabindex]'));

const step = (by) => {
  const lists = [...scope().querySelectorAll('[data-key-list]')].filter((held) => held.getClientRects().length > 0);
  const held = lists.find((one) => one.contains(document.activeElement)) ?? lists[0];
  if (!held) return false;
  const items = itemsOf(held);
  const now = items.findIndex((item) => item.contains(document.activeElement));
  const next = by === Infinity ? items.length - 1 : by === -Infinity ? 0 : now < 0 ? (by > 0 ? 0 : items.length - 1) : now + by;
  const target = items[Math.max(0, Math.min(items.length - 1, next))];
  const focused = target && inItem(target);
  focused?.focus();
  focused?.scrollIntoView({ block: 'nearest' });
  return Boolean(focused);
};

// The list of keys.

const wordsOf = (element) => {
  if (element.dataset.keyLabel) return element.dataset.keyLabel;
  if (element.ariaLabel) return element.ariaLabel;
  const copy = (element.closest('label') ?? element).cloneNode(true);
  copy.querySelectorAll('kbd,.badge,select,option,textarea').forEach((part) => part.remove());
  return copy.textContent.trim().replace(/\s+/g, ' ').slice(0, 80) || element.getAttribute('title') || element.name || '';
};

const line = (keys, words) => {
  const term = document.createElement('dt');
  keys.split(' ').forEach((key, at) => {
    if (at) term.append(' ');
    const cap = document.createElement('kbd');
    cap.textContent = key;
    term.append(cap);
  });
  const said = document.createElement('dd');
  said.textContent = words;
  return [term, said];
};

const fill = () => {
  const here = list.querySelector('[data-keys-here]');
  const there = list.querySelector('[data-keys-there]');
  const always = list.querySelector('[data-keys-always]');
  const seen = new Set();
  here.replaceChildren();
  there.replaceChildren();
  if (document.querySelector('[data-key-list]')) here.append(...line('j k', list.dataset.walk));
  for (const element of keyed()) {
    for (const keys of keysOf(element)) {
      if (seen.has(keys)) continue;
      seen.add(keys);
      (keys.startsWith('g ') ? there : here).append(...line(keys, wordsOf(element)));
    }
  }
  here.hidden = !here.childElementCount;
  there.parentElement.hidden = !there.childElementCount;
  always.hidden = false;
};

const help = () => {
  if (!list || document.querySelector('dialog[open]')) return;
  fill();
  list.querySelector('[data-keys-switch]').checked = on();
  list.showModal();
};

list?.querySelector('[data-keys-switch]')?.addEventListener('change', (event) => {
  try {
    localStorage.setItem(KEPT, event.target.checked ? '' : 'mati');
  } catch {
    // A browser that keeps nothing: they stay on.
  }
});

for (const button of document.querySelectorAll('[data-keys-button]')) {
  button.hidden = false;
  button.addEventListener('click', help);
}

// Dialogs: a button opens one by its id (data-opens) and closes the one it stands in (data-closes).
document.addEventListener('click', (event) => {
  const opener = event.target.closest?.('[data-opens]');
  if (opener) document.getElementById(opener.dataset.opens)?.showModal();
  event.target.closest?.('[data-closes]')?.closest('dialog')?.close();
});

const forget = () => {
  first = '';
  clearTimeout(waiting);
};

document.addEventListener('keydown', (event) => {
  if (event.defaultPrevented || event.isComposing || event.ctrlKey || event.metaKey || event.altKey) return;
  if (writes(event.target)) {
    // Out of a field and back to the page's keys; a dialog closes by itself.
    if (event.key === 'Escape' && !document.querySelector('dialog[open]')) event.target.blur();
    return;
  }
  const key = event.key;
  if (key.length !== 1 && !['Home', 'End', 'ArrowDown', 'ArrowUp'].includes(key)) {
    if (key !== 'Shift') forget();
    return;
  }
  if (key === ' ' || (key.length === 1 && !on())) return;
  const keys = first ? `${first} ${key}` : key;
  const found = wanted(keys);
  forget();
  if (found) {
    event.preventDefault();
    reach(found);
  } else if (keyed().some((element) => keysOf(element).some((one) => one.startsWith(`${keys} `)))) {
    event.preventDefault();
    first = keys;
    waiting = setTimeout(forget, SECOND_MS);
  } else if (key === '?') {
    event.preventDefault();
    help();
  } else if (key === 'j' || key === 'k') {
    if (step(key === 'j' ? 1 : -1)) event.preventDefault();
  } else if (document.activeElement?.closest('[data-key-list]') && ['Home', 'End', 'ArrowDown', 'ArrowUp'].includes(key)) {
    if (event.target.matches('input,select,[role=tab]')) return;
    if (step({ Home: -Infinity, End: Infinity, ArrowDown: 1, ArrowUp: -1 }[key])) event.preventDefault();
  }
});
