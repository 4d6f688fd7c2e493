/* Solves Poisson's equation on a square by successive over-relaxation (Young 1954).
 *
 *     cc -O2 -o poisson poisson.c -lm
 *     ./poisson --omega=1.7 --size=48
 *     besom sweep sweep.yaml               # prints the agent's command
 *
 * The relaxation factor omega decides how fast it converges; theory says that 2 / (1 + sin(pi / (size + 1))) is best.
 * Every 20 sweeps over the grid, and at the end, it prints one JSON object in a line, which log_lines.py logs.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_SWEEPS = 20000, REPORT_EVERY = 20 };
static const double TOLERANCE = 1e-8;

static double option(int count, char **words, const char *name, double otherwise) {
  size_t length = strlen(name);
  for (int i = 1; i < count; i++)
    if (!strncmp(words[i], "--", 2) && !strncmp(words[i] + 2, name, length) && words[i][2 + length] == '=')
      return atof(words[i] + 3 + length);
  return otherwise;
}

int main(int count, char **words) {
  int n = (int)option(count, words, "size", 48);
  double omega = option(count, words, "omega", 1.0);
  if (n < 1 || !(omega > 0 && omega < 2)) {
    fprintf(stderr, "poisson: size must be at least 1, and omega between 0 and 2.\n");
    return 2;
  }
  int width = n + 2;
  double h = 1.0 / (n + 1);
  double *u = calloc((size_t)width * width, sizeof *u); /* zero at the border */
  if (!u) return 1;
  for (int sweep = 1; sweep <= MOST_SWEEPS; sweep++) {
    double largest = 0;
    for (int i = 1; i <= n; i++)
      for (int j = 1; j <= n; j++) {
        double *at = &u[i * width + j];
        double change = omega * ((at[-1] + at[1] + at[-width] + at[width] + h * h) / 4 - *at);
        *at += change;
        largest = fmax(largest, fabs(change));
      }
    if (sweep % REPORT_EVERY == 0) printf("{\"sweep\": %d, \"change\": %g}\n", sweep, largest);
    if (largest < TOLERANCE) {
      printf("{\"sweeps_needed\": %d, \"middle\": %.6f}\n", sweep, u[(width / 2) * width + width / 2]);
      break;
    }
  }
  free(u);
  return 0;
}
