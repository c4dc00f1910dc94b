// The pages of one incident: a form that unfolds is filled in at once, what was refused is read first, places are picked.
document.addEventListener('toggle', (event) => {
  if (event.target.matches?.('details.fold') && event.target.open) {
    event.target.querySelector('input:not([type=hidden]),textarea,select')?.focus();
  }
}, true);

document.getElementById('ditolak')?.scrollIntoView({ block: 'start' });

// A place that was found and ticked joins those that are chosen; the field is ready for the next name.
const pick = (box) => {
  const picker = box.closest('[data-picker]');
  const chosen = picker.querySelector('[data-picked]');
  const field = picker.querySelector('[data-search]');
  const same = [...chosen.querySelectorAll('input')].find((other) => other.value === box.value);
  if (same) same.checked = true;
  else chosen.append(box.closest('label'));
  picker.querySelector('[data-found]').replaceChildren();
  field.value = '';
  field.focus();
};

document.addEventListener('change', (event) => {
  if (event.target.closest('[data-found]') && event.target.checked) pick(event.target);
});

// Enter takes the first that was found, and never sends the form half filled in.
document.addEventListener('keydown', (event) => {
  if (event.key !== 'Enter' || !event.target.matches?.('[data-search]')) return;
  event.preventDefault();
  const first = event.target.closest('[data-picker]').querySelector('[data-found] input');
  if (first) {
    first.checked = true;
    pick(first);
  }
});
