#include "tui/rescue.h"

#include <unistd.h>

void weir_rescue_restore(weir_rescue_t *rescue)
{
    if (!rescue->armed)
        return;
    rescue->armed = 0;
    (void)!write(rescue->output_fd, rescue->text, rescue->len); /* there is no second way */
    (void)tcsetattr(rescue->input_fd, TCSANOW, &rescue->before);
}
