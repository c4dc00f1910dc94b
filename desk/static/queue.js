// The queue by keyboard and mouse: which rows are chosen, what a button acts upon, and where the focus goes afterwards.
//
// Chosen rows are those whose box is ticked; where none is, a button acts on the row that was focused last. After a decision the next
// row is focused, after a claim the same one.
const STAYS = new Set(['klaim', 'lepas']);
const OPENED = 'antrean-dibuka';
let current = ''; // id of the row that was focused last
let ticked = ''; // id of the row whose box was changed last, from where a range goes
let back = null; // where the focus goes once the list was exchanged
let alone = null; // a box that was ticked only because its row was acted upon

const list = () => document.getElementById('daftar');
const rows = () => [...(list()?.children ?? [])];
const box = (row) => row.querySelector('input[name=pilih]');
const chosen = () => rows().filter((row) => box(row)?.checked);
const target = () => document.getElementById(current) ?? null;

const shown = () => {
  const count = chosen().length;
  for (const row of rows()) row.classList.toggle('on', Boolean(box(row)?.checked));
  const words = document.querySelector('[data-chosen]');
  if (words) words.textContent = count ? `${count} ${words.dataset.words}` : words.dataset.wordsNone;
  // What none of the rows in question can become is out of sight.
  const about = count ? chosen() : target() ? [target()] : [];
  for (const button of document.querySelectorAll('#bilah button[name=tindakan]')) {
    const can = STAYS.has(button.value) || !about.length || about.some((row) => row.dataset.moves.split(' ').includes(button.value));
    button.hidden = !can;
  }
};

const tick = (row, on) => {
  if (box(row)) box(row).checked = on;
};

const range = (from, to, on) => {
  const all = rows();
  const [first, last] = [all.findIndex((row) => row.id === from), all.findIndex((row) => row.id === to)].sort((a, b) => a - b);
  if (first < 0) return;
  all.slice(first, last + 1).forEach((row) => tick(row, on));
  shown();
};

const focusRow = (row) => {
  const link = row?.querySelector('h2 a');
  link?.focus();
  row?.scrollIntoView({ block: 'nearest' });
  return Boolean(link);
};

document.addEventListener('focusin', (event) => {
  const row = event.target.closest?.('#daftar > li');
  if (row && row.id !== current) {
    current = row.id;
    shown();
  }
});

document.addEventListener('click', (event) => {
  const ticking = event.target.closest?.('#daftar input[name=pilih]');
  if (ticking) {
    const row = ticking.closest('li');
    if (event.shiftKey && ticked) range(ticked, row.id, ticking.checked);
    ticked = row.id;
    shown();
    return;
  }
  if (event.target.closest?.('[data-range]')) {
    if (current) range(ticked || current, current, true);
    ticked = current;
    focusRow(target());
    return;
  }
  const link = event.target.closest?.('#daftar h2 a');
  if (link) sessionStorage.setItem(OPENED, link.closest('li').id);
  const button = event.target.closest?.('button[form=pilihan][name=tindakan]');
  if (!button) return;
  const about = chosen();
  if (!about.length) {
    const row = target() ?? (rows().length === 1 ? rows()[0] : null);
    if (!row) {
      event.preventDefault();
      focusRow(rows()[0]);
      return;
    }
    tick(row, true);
    alone = row.id;
    about.push(row);
  }
  const asks = button.dataset.asks;
  if (asks) {
    event.preventDefault();
    ask(document.getElementById(asks));
    return;
  }
  const fields = button.closest('dialog')?.querySelectorAll('input') ?? [];
  if ([...fields].some((field) => !field.reportValidity())) {
    event.preventDefault();
    return;
  }
  const all = rows();
  const gone = new Set(about.map((row) => row.id));
  const at = all.findIndex((row) => gone.has(row.id));
  const after = all.slice(at).find((row) => !gone.has(row.id)) ?? all.slice(0, at).reverse().find((row) => !gone.has(row.id));
  back = { id: STAYS.has(button.value) ? all[at].id : after?.id ?? '', at };
});

const ask = (dialog) => {
  const fields = [...dialog.querySelectorAll('input')];
  fields.forEach((field, index) => {
    field.disabled = false;
    field.required = index === 0;
  });
  dialog.showModal();
  fields[0].focus();
};

// "close" does not bubble.
document.addEventListener('close', (event) => {
  if (!event.target.matches?.('#antrean dialog')) return;
  event.target.querySelectorAll('input').forEach((field) => {
    field.disabled = true;
  });
  if (!back) untick();
  focusRow(target());
}, true);

const untick = () => {
  const row = alone && document.getElementById(alone);
  if (row) tick(row, false);
  alone = null;
  shown();
};

document.addEventListener('keydown', (event) => {
  if (event.key !== 'Enter' || event.ctrlKey || event.metaKey || event.altKey) return;
  // Enter in a box would send the form; it opens the incident, as it does on its title.
  if (event.target.matches?.('#daftar input[name=pilih]')) {
    event.preventDefault();
    event.target.closest('li').querySelector('h2 a').click();
  } else if (event.target.matches?.('#antrean dialog input')) {
    // The form's first button is not this dialog's.
    event.preventDefault();
    event.target.closest('dialog').querySelector('[data-confirms]').click();
  }
});

document.addEventListener('htmx:beforeRequest', (event) => {
  if (event.target.id === 'pilihan') document.querySelector('#antrean dialog[open]')?.close();
});

// What is wrong with the request itself comes as a message; the list stays as it was.
document.addEventListener('htmx:responseError', () => {
  back = null;
  untick();
  focusRow(target());
});

document.addEventListener('htmx:afterSettle', () => {
  if (!list() || !back) {
    shown();
    return;
  }
  const all = rows();
  const row = document.getElementById(back.id) ?? all[Math.min(back.at, all.length - 1)];
  back = null;
  alone = null;
  if (!focusRow(row)) document.querySelector('#antrean .tabs [aria-current]')?.focus();
  shown();
});

// Whoever undoes goes on at the row that came back.
document.addEventListener('submit', (event) => {
  if (event.target.matches?.('#pesan form')) back = { id: current, at: Math.max(0, rows().findIndex((row) => row.id === current)) };
});

const opened = sessionStorage.getItem(OPENED);
if (opened && !location.hash) {
  sessionStorage.removeItem(OPENED);
  focusRow(document.getElementById(opened));
}
shown();
