#include "packet/geo.h"

#include "base/index.h"

#include <errno.h>
#include <maxminddb.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define CACHE_SLOTS ((size_t)8192) /* a power of two */

/** An answer that was given; a question for another address of the same slot takes its place. */
typedef struct slot {
    uint8_t bytes[16];
    uint8_t family; /* WEIR_FAMILY_NONE: free */
    weir_place_t place;
} slot_t;

struct weir_geo {
    weir_texts_t *texts;
    MMDB_s bases[WEIR_GEO_MOST];
    size_t count;
    uint64_t damaged;
    slot_t cache[CACHE_SLOTS];
};

weir_geo_t *weir_geo_new(weir_texts_t *texts)
{
    weir_geo_t *geo = calloc(1, sizeof(*geo));
    if (geo)
        geo->texts = texts;
    return geo;
}

void weir_geo_free(weir_geo_t *geo)
{
    for (size_t i = 0; geo && i < geo->count; i++)
        MMDB_close(&geo->bases[i]);
    free(geo);
}

int weir_geo_add(weir_geo_t *geo, const char *path, const char **ret_why)
{
    struct stat status;
    if (geo->count == WEIR_GEO_MOST)
        return -ENOSPC;
    if (stat(path, &status) < 0)
        return -errno;
    if (S_ISDIR(status.st_mode))
        return -EISDIR;
    MMDB_s *base = &geo->bases[geo->count];
    errno = 0;
    int r = MMDB_open(path, MMDB_MODE_MMAP, base);
    if (r == MMDB_SUCCESS) {
        geo->count++;
        return 0;
    }
    int error = errno;
    memset(base, 0, sizeof(*base));
    if (r == MMDB_OUT_OF_MEMORY_ERROR)
        return -ENOMEM;
    if ((r == MMDB_FILE_OPEN_ERROR || r == MMDB_IO_ERROR) && error)
        return -error;
    *ret_why = MMDB_strerror(r);
    return -EBADMSG;
}

size_t weir_geo_count(const weir_geo_t *geo)
{
    return geo->count;
}

uint64_t weir_geo_damaged(const weir_geo_t *geo)
{
    return geo->damaged;
}

/* The value at a path of keys, if it has that type. A key that is not there is no damage. */
static bool value_get(weir_geo_t *geo, MMDB_entry_s *entry, const char *const *path, uint32_t type,
                      MMDB_entry_data_s *ret_data)
{
    int r = MMDB_aget_value(entry, ret_data, path);
    geo->damaged += r == MMDB_INVALID_DATA_ERROR || r == MMDB_IO_ERROR;
    return r == MMDB_SUCCESS && ret_data->has_data && ret_data->type == type;
}

static uint32_t text_number(weir_geo_t *geo, const MMDB_entry_data_s *data)
{
    char text[128];
    size_t n = data->data_size < sizeof(text) ? data->data_size : sizeof(text) - 1;
    memcpy(text, data->utf8_string, n);
    text[n] = '\0';
    return n ? weir_texts_number(geo->texts, text) : 0;
}

static void entry_read(weir_geo_t *geo, MMDB_entry_s *entry, weir_place_t *place)
{
    static const char *const country[] = {"country", "iso_code", NULL};
    static const char *const registered[] = {"registered_country", "iso_code", NULL};
    static const char *const number[] = {"autonomous_system_number", NULL};
    static const char *const name[] = {"autonomous_system_organization", NULL};
    MMDB_entry_data_s data;
    if (!place->country && (value_get(geo, entry, country, MMDB_DATA_TYPE_UTF8_STRING, &data) ||
                            value_get(geo, entry, registered, MMDB_DATA_TYPE_UTF8_STRING, &data)))
        place->country = text_number(geo, &data);
    if (!place->as_number && value_get(geo, entry, number, MMDB_DATA_TYPE_UINT32, &data))
        place->as_number = data.uint32;
    if (!place->as_name && value_get(geo, entry, name, MMDB_DATA_TYPE_UTF8_STRING, &data))
        place->as_name = text_number(geo, &data);
}

static weir_place_t place_find(weir_geo_t *geo, const weir_address_t *address)
{
    struct sockaddr_storage storage = {0};
    struct sockaddr *socket = (struct sockaddr *)&storage;
    weir_place_t place = {0};
    if (address->family == WEIR_FAMILY_IPV4) {
        storage.ss_family = AF_INET;
        memcpy(&((struct sockaddr_in *)socket)->sin_addr, address->bytes, 4);
    } else {
        storage.ss_family = AF_INET6;
        memcpy(&((struct sockaddr_in6 *)socket)->sin6_addr, address->bytes, 16);
    }
    for (size_t i = 0; i < geo->count; i++) {
        int error = MMDB_SUCCESS;
        MMDB_lookup_result_s found = MMDB_lookup_sockaddr(&geo->bases[i], socket, &error);
        geo->damaged += error != MMDB_SUCCESS && error != MMDB_IPV6_LOOKUP_IN_IPV4_DATABASE_ERROR;
        if (error == MMDB_SUCCESS && found.found_entry)
            entry_read(geo, &found.entry, &place);
    }
    return place;
}

weir_place_t weir_geo_find(weir_geo_t *geo, const weir_address_t *address)
{
    if (geo->count == 0 || address->family == WEIR_FAMILY_NONE)
        return (weir_place_t){0};
    uint64_t words[2];
    memcpy(words, address->bytes, sizeof(words));
    slot_t *slot = &geo->cache[weir_hash_u64(weir_hash_u64(words[0]) ^ words[1]) % CACHE_SLOTS];
    if (slot->family != address->family ||
        memcmp(slot->bytes, address->bytes, sizeof(slot->bytes)) != 0) {
        slot->place = place_find(geo, address);
        slot->family = address->family;
        memcpy(slot->bytes, address->bytes, sizeof(slot->bytes));
    }
    return slot->place;
}
