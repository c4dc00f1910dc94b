// The pages of one incident: a form that unfolds is filled in at once, and what was refused is read first.
document.addEventListener('toggle', (event) => {
  if (event.target.matches?.('details.fold') && event.target.open && !event.target.dataset.kept) {
    event.target.querySelector('input:not([type=hidden]),textarea,select')?.focus();
  }
}, true);

document.getElementById('ditolak')?.scrollIntoView({ block: 'start' });
