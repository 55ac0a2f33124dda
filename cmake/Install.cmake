# What is not a program: manual pages, samples, units.

file(GLOB FO_MANUAL8 CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/cmd/*.8)
install(FILES ${FO_MANUAL8} DESTINATION ${CMAKE_INSTALL_MANDIR}/man8)
install(FILES cmd/failover-helpers.7 DESTINATION ${CMAKE_INSTALL_MANDIR}/man7)
install(FILES etc/fo.conf.5 DESTINATION ${CMAKE_INSTALL_MANDIR}/man5)

install(DIRECTORY etc/ DESTINATION ${CMAKE_INSTALL_DOCDIR}/examples
	USE_SOURCE_PERMISSIONS
	PATTERN fo.conf.5 EXCLUDE)
install(FILES README.md CHANGELOG.md LICENSE doc/fleet.md DESTINATION ${CMAKE_INSTALL_DOCDIR})

set(FO_UNITDIR lib/systemd/system CACHE PATH "Where systemd finds units, below the prefix")
set(FO_TMPFILESDIR lib/tmpfiles.d CACHE PATH "Where systemd-tmpfiles finds its files")
foreach(unit
	fo-route.service fo-watch.service fo-keepalive.service fo-keepalive.timer fo-keepalive.path fo-speedclass.path
	fo-speedclass.service fo-speedclass.timer fo-metrics.service fo-metrics.timer
	fo-keepalive-test.service fo-keepalive-test.timer fo-alert.service fo-alert.path fo-alert.timer)
	# The units name the programs by the path they are installed to.
	file(READ ${CMAKE_SOURCE_DIR}/systemd/${unit} text)
	string(REPLACE "/usr/bin/" "${CMAKE_INSTALL_FULL_BINDIR}/" text "${text}")
	file(GENERATE OUTPUT ${CMAKE_BINARY_DIR}/systemd/${unit} CONTENT "${text}")
	install(FILES ${CMAKE_BINARY_DIR}/systemd/${unit} DESTINATION ${FO_UNITDIR})
endforeach()
install(FILES systemd/failover-helpers.tmpfiles.conf DESTINATION ${FO_TMPFILESDIR}
	RENAME failover-helpers.conf)
