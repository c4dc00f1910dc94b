// Labelling: what contradicts itself cannot be chosen, and the text has the focus when the next one is there.
const form = document.querySelector('[data-label-form]');

if (form) {
  const signals = [...form.querySelectorAll('[name=sinyal]')];
  const optional = [...form.querySelectorAll('[name=boleh]')];

  // A text that has nothing to do with the election has no signals (the server refuses them).
  const follow = () => {
    const none = form.querySelector('[name=modalitas]:checked')?.value === 'tidak_relevan';
    for (const box of [...signals, ...optional]) {
      if (none) box.checked = false;
      box.disabled = none;
    }
  };

  form.addEventListener('change', ({ target }) => {
    if (target.name === 'modalitas') follow();
    if (!target.checked) return;
    const rest = { sinyal: optional, boleh: signals }[target.name] ?? [];
    const other = rest.find((box) => box.value === target.value);
    if (other) other.checked = false;
  });
  follow();

  // Sent once: a key that is held down must not answer for the next text too.
  form.addEventListener('submit', () => {
    for (const button of form.querySelectorAll('button')) button.disabled = true;
  });
  window.addEventListener('pageshow', () => {
    for (const button of form.querySelectorAll('button')) button.disabled = false;
  });
  if (!form.querySelector('[role=alert]')) document.getElementById('teks')?.focus({ preventScroll: true });
}

for (const button of document.querySelectorAll('[data-busy]')) {
  button.form?.addEventListener('submit', () => {
    button.disabled = true;
    button.setAttribute('aria-busy', 'true');
  });
}
