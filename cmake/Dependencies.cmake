# The libraries of the programs, as imported targets.

find_package(PkgConfig REQUIRED)
pkg_check_modules(mnl REQUIRED IMPORTED_TARGET libmnl)
pkg_check_modules(curl REQUIRED IMPORTED_TARGET libcurl)
pkg_check_modules(cjson REQUIRED IMPORTED_TARGET libcjson)

# Debian's iniparser has no pkg-config file.
find_path(INIPARSER_INCLUDE iniparser/iniparser.h REQUIRED)
find_library(INIPARSER_LIBRARY iniparser REQUIRED)
