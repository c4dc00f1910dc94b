// A preview of a site takes up to a minute: say so, and keep the button from being pressed twice.
for (const form of document.querySelectorAll('form[data-preview]')) {
  form.addEventListener('submit', () => {
    const told = form.querySelector('[data-wait]');
    if (told) told.textContent = told.dataset.words;
    form.setAttribute('aria-busy', 'true');
    // After the form was taken: a disabled button stops its own submission.
    setTimeout(() => form.querySelectorAll('button').forEach((button) => { button.disabled = true; }));
  });
}
// Back from the page that followed: the form is to be used again.
addEventListener('pageshow', (event) => {
  if (!event.persisted) return;
  for (const button of document.querySelectorAll('form[data-preview] button')) button.disabled = false;
});
