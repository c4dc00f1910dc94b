// The slider of days: it says its day, and plays through them one after the other. What it shows comes from the server.
const slider = document.getElementById('ke');
const button = document.querySelector('[data-plays]');
const STEP_MS = 1100;
let playing = 0;

const dayAt = (place) => {
  const day = new Date(`${slider.dataset.first}T00:00:00Z`);
  day.setUTCDate(day.getUTCDate() + Number(place) - 1);
  return day;
};

const told = () => {
  const words = new Intl.DateTimeFormat(document.documentElement.lang, { weekday: 'long', day: 'numeric', month: 'long', year: 'numeric', timeZone: 'UTC' });
  slider.setAttribute('aria-valuetext', words.format(dayAt(slider.value)));
};

const last = () => {
  const days = Math.round((new Date(`${slider.dataset.today}T00:00:00Z`) - dayAt(1)) / 86_400_000) + 1;
  return Math.min(Number(slider.max), days);
};

const stop = () => {
  clearInterval(playing);
  playing = 0;
  button.textContent = button.dataset.play;
};

const step = () => {
  if (Number(slider.value) >= last() || document.hidden) return stop();
  slider.value = Number(slider.value) + 1;
  slider.dispatchEvent(new Event('input', { bubbles: true }));
};

if (slider && button) {
  // There is no day after today to be shown.
  slider.max = String(last());
  told();
  slider.addEventListener('input', told);
  button.hidden = false;
  button.addEventListener('click', () => {
    if (playing) return stop();
    if (Number(slider.value) >= last()) slider.value = '0';
    button.textContent = button.dataset.stop;
    playing = setInterval(step, STEP_MS);
    step();
  });
}
