/*
 * Link speed by ETHTOOL_GLINKSETTINGS (kernel 4.6). The first call asks for the size of the mode
 * masks, the second for the settings.
 */
#include "platform/linux/links.h"

#include <linux/ethtool.h>
#include <linux/if.h>
#include <linux/sockios.h>
#include <string.h>
#include <sys/ioctl.h>

typedef union settings {
    struct ethtool_link_settings link;
    uint32_t words[sizeof(struct ethtool_link_settings) / 4 +
                   (size_t)3 * INT8_MAX]; /* with the largest masks */
} settings_t;

static int settings_ask(int fd, const char *name, settings_t *settings)
{
    struct ifreq request = {.ifr_data = (void *)settings};
    memcpy(request.ifr_name, name, strnlen(name, IFNAMSIZ - 1));
    return ioctl(fd, SIOCETHTOOL, &request);
}

uint64_t weir_platform_link_speed(weir_platform_links_t *links, const char *name)
{
    settings_t settings = {.link.cmd = ETHTOOL_GLINKSETTINGS};
    if (links->ioctl_fd < 0 || settings_ask(links->ioctl_fd, name, &settings) < 0)
        return 0;
    if (settings.link.link_mode_masks_nwords < 0) {
        int8_t words = (int8_t)-settings.link.link_mode_masks_nwords;
        settings =
            (settings_t){.link = {.cmd = ETHTOOL_GLINKSETTINGS, .link_mode_masks_nwords = words}};
        if (settings_ask(links->ioctl_fd, name, &settings) < 0)
            return 0;
    }
    if (settings.link.speed == 0 || settings.link.speed == (uint32_t)SPEED_UNKNOWN)
        return 0;
    return (uint64_t)settings.link.speed * 1000000; /* the kernel says Mbit/s */
}
