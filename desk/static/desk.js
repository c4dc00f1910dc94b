// What the pages do beyond links and forms: the session's token on HTMX's requests, and a focus that is never lost.
const token = document.querySelector('meta[name="csrf"]')?.content;

document.addEventListener('htmx:configRequest', (event) => {
  if (token) event.detail.headers['X-CSRF-Token'] = token;
});

// Focus. Whatever is exchanged or sent, the person goes on where they were: on the same element; else the same action of the same
// item; else that item; else the item that took its place; else the nearest part of the page that is still there; else its beginning.
const KEPT = 'tempat';
const ITEM = '[data-key-item],[data-key-list]>*';
const REACHED = 'a[href],button:not(:disabled),input:not([type=hidden],:disabled),select:not(:disabled),textarea:not(:disabled),summary,[tabindex]';
let place = null;

const placeOf = (element) => {
  if (!element || element === document.body) return null;
  const item = element.closest(ITEM);
  const list = element.closest('[data-key-list]');
  const around = [];
  for (let up = element.parentElement; up; up = up.parentElement) if (up.id && up.id !== 'isi') around.push(up.id);
  return {
    id: element.id,
    key: element.dataset.key ?? '',
    name: element.getAttribute('name') ?? '',
    form: element.form?.getAttribute('action') ?? '',
    item: item?.id ?? '',
    at: item && list ? itemsOf(list).indexOf(item) : -1,
    list: list?.id ?? '',
    around,
  };
};

const itemsOf = (list) => {
  const marked = [...list.querySelectorAll('[data-key-item]')];
  return marked.length ? marked : [...list.children];
};

const within = (held, was, least = '') => {
  if (!held) return null;
  const same = (name, value) => (value ? held.querySelector(`[${name}="${CSS.escape(value)}"]`) : null);
  return same('data-key', was.key) ?? same('name', was.name) ?? (least ? held.querySelector(least) : null) ?? (held.matches(REACHED) ? held : held.querySelector(REACHED));
};

const focusOn = (was) => {
  const list = (was.list && document.getElementById(was.list)) || (was.at >= 0 ? document.querySelector('[data-key-list]') : null);
  const items = list ? itemsOf(list) : [];
  const target =
    (was.id && document.getElementById(was.id)) ||
    (was.form && within(document.querySelector(`form[action="${CSS.escape(was.form)}"]`), was, was.name ? '' : 'button')) ||
    within(was.item ? document.getElementById(was.item) : null, was) ||
    (was.at >= 0 && items.length ? within(items[Math.min(was.at, items.length - 1)], was) : null) ||
    was.around.map((id) => within(document.getElementById(id), was)).find(Boolean) ||
    document.getElementById('isi');
  target?.focus();
  // What cannot take the focus (hidden, disabled by now) leaves it on the body.
  if (lost()) document.getElementById('isi')?.focus();
};

const lost = () => !document.activeElement || document.activeElement === document.body;

for (const moment of ['htmx:beforeSwap', 'htmx:oobBeforeSwap']) {
  document.addEventListener(moment, () => {
    if (!lost()) place = placeOf(document.activeElement);
  });
}

document.addEventListener('htmx:afterSettle', () => {
  if (place && lost()) focusOn(place);
  if (!lost()) place = null;
});

// A form that is sent in the old way brings a whole page: the same page takes the person back to the same place.
document.addEventListener('submit', (event) => {
  if (event.defaultPrevented || event.target.method !== 'post') return;
  const was = placeOf(document.activeElement);
  if (was) sessionStorage.setItem(KEPT, JSON.stringify({ path: location.pathname, was }));
});

document.addEventListener('htmx:beforeOnLoad', (event) => {
  const was = placeOf(document.activeElement);
  if (was && event.detail.xhr.getResponseHeader('HX-Redirect')) sessionStorage.setItem(KEPT, JSON.stringify({ path: location.pathname, was }));
});

const kept = sessionStorage.getItem(KEPT);
if (kept) {
  sessionStorage.removeItem(KEPT);
  const { path, was } = JSON.parse(kept);
  if (path === location.pathname && lost() && !location.hash) focusOn(was);
}
