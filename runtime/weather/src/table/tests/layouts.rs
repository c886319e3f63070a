//! Every layout that stations and services write, each with values worked out by hand.

use super::*;
use crate::rain_kind::RainKind;

/// Temperature °C, humidity %, wind m/s, where from °, gust m/s, pressure hPa, rain mm.
type Values = [Option<f64>; 7];

struct Layout {
    of: &'static str,
    /// Flags: `zone`, `format`, `time`, `column`, `at`.
    said: &'static [(&'static str, &'static str)],
    text: &'static str,
    rows: usize,
    /// One of its rows.
    at: usize,
    time: &'static str,
    want: Values,
    rain: RainKind,
}

const NO: Option<f64> = None;

fn s(v: f64) -> Option<f64> {
    Some(v)
}

fn options(said: &[(&str, &str)]) -> TableOptions {
    let mut options = TableOptions::default();
    for (flag, text) in said {
        match *flag {
            "zone" => options.zone = Some((*text).to_owned()),
            "format" => options.format = Format::ALL.into_iter().find(|f| f.word() == *text),
            "time" => options.time_format = Some((*text).to_owned()),
            "station" => options.station = Some((*text).to_owned()),
            "longitude" => options.longitude_deg = text.parse().ok(),
            _ => options.columns.columns.push(text.parse().unwrap()),
        }
    }
    options
}

fn check(layouts: &[Layout]) {
    for Layout { of, said, text, rows, at, time, want, rain } in layouts {
        let table = match read_from(of, text.as_bytes(), &options(said)) {
            Ok(table) => table,
            Err(e) => panic!("{of}: {e}"),
        };
        let readings = table.series.readings();
        assert_eq!(readings.len(), *rows, "{of}");
        let reading = readings[*at];
        assert_eq!(reading.time.to_string(), *time, "{of}");
        for (quantity, want) in Quantity::ALL.into_iter().zip(want) {
            let got = reading.get(quantity);
            let is_close = match (got, want) {
                (Some(a), Some(b)) => (a - b).abs() < 2e-3,
                (a, b) => a.is_none() && b.is_none(),
            };
            assert!(is_close, "{of}: {quantity} {got:?}, {want:?}");
        }
        assert_eq!(table.series.rain, *rain, "{of}");
    }
}

#[test]
fn loggers_and_home_stations() {
    check(&[
        Layout {
            of: "Campbell TOA5",
            said: &[("zone", "UTC")],
            text: "\"TOA5\",\"Ridge\",\"CR1000X\",\"12345\",\"Std.04\",\"CPU:R.CR1X\",\"3141\",\"Hourly\"\n\
                   \"TIMESTAMP\",\"RECORD\",\"BattV_Min\",\"AirTC_Avg\",\"RH\",\"WS_ms_Avg\",\"WindDir\",\"WS_ms_Max\",\"BP_mbar\",\"Rain_mm_Tot\"\n\
                   \"TS\",\"RN\",\"Volts\",\"Deg C\",\"%\",\"meters/second\",\"degrees\",\"meters/second\",\"mbar\",\"mm\"\n\
                   \"\",\"\",\"Min\",\"Avg\",\"Smp\",\"Avg\",\"Smp\",\"Max\",\"Smp\",\"Tot\"\n\
                   \"2026-07-01 00:00:00\",100,12.9,18.41,55.2,3.1,214,5.2,1012,0\n\
                   \"2026-07-01 01:00:00\",101,12.9,\"NAN\",\"NAN\",3.3,210,5.4,1012,0.2\n",
            rows: 2,
            at: 0,
            time: "2026-07-01T00:00:00Z",
            want: [s(18.41), s(55.2), s(3.1), s(214.0), s(5.2), s(1012.0), s(0.0)],
            rain: RainKind::Increment,
        },
        Layout {
            of: "Ecowitt",
            said: &[("zone", "+02:00")],
            text: "Time,Outdoor Temperature(℃),Feels Like(℃),Dew Point(℃),Outdoor Humidity(%),Wind(m/s),Gust(m/s),Wind Direction(°),ABS Pressure(hPa),REL Pressure(hPa),Rain Rate(mm/hr),Event Rain(mm),Hourly Rain(mm),Daily Rain(mm)\n\
                   2026-07-01 00:00,18.4,18.4,9.2,55,3.1,5.2,214,985.2,1012.3,0.0,0.1,0.2,0.4\n",
            rows: 1,
            at: 0,
            time: "2026-06-30T22:00:00Z",
            want: [s(18.4), s(55.0), s(3.1), s(214.0), s(5.2), s(985.2), s(0.4)],
            rain: RainKind::SinceMidnight,
        },
        Layout {
            of: "Ecowitt and Ambient, as they post",
            said: &[],
            text: "{\"dateutc\":\"2026-07-01 00:05:00\",\"tempinf\":70.1,\"tempf\":65.1,\"humidity\":55,\"windspeedmph\":6.9,\"windgustmph\":11.6,\"winddir\":214,\"baromabsin\":29.10,\"baromrelin\":29.89,\"dailyrainin\":0.5,\"rainratein\":0.0}\n",
            rows: 1,
            at: 0,
            time: "2026-07-01T00:05:00Z",
            want: [s(18.389), s(55.0), s(3.085), s(214.0), s(5.186), s(985.439), s(12.7)],
            rain: RainKind::SinceMidnight,
        },
        Layout {
            of: "Ecowitt gateway on the LAN, with a time put to it",
            said: &[],
            text: "{\"time\":\"2026-07-01T00:05:00Z\",\"common_list\":[{\"id\":\"0x02\",\"val\":\"65.1\",\"unit\":\"F\"},{\"id\":\"0x07\",\"val\":\"55%\"},{\"id\":\"3\",\"val\":\"65.1\",\"unit\":\"F\"},{\"id\":\"0x0B\",\"val\":\"6.9 mph\"},{\"id\":\"0x0C\",\"val\":\"11.6 mph\"},{\"id\":\"0x0A\",\"val\":\"214\"}],\"rain\":[{\"id\":\"0x0D\",\"val\":\"0.10 in\"},{\"id\":\"0x10\",\"val\":\"0.50 in\"}],\"wh25\":[{\"intemp\":\"70.1\",\"unit\":\"F\",\"abs\":\"29.10 inHg\"}]}\n",
            rows: 1,
            at: 0,
            time: "2026-07-01T00:05:00Z",
            want: [s(18.389), s(55.0), s(3.085), s(214.0), s(5.186), NO, s(12.7)],
            rain: RainKind::SinceMidnight,
        },
        Layout {
            of: "Ambient Weather",
            said: &[],
            text: "Date,Simple Date,Outdoor Temperature (°F),Feels Like (°F),Wind Speed (mph),Wind Gust (mph),Max Daily Gust (mph),Wind Direction (°),Rain Rate (in/hr),Event Rain (in),Daily Rain (in),Relative Pressure (inHg),Humidity (%)\n\
                   2026-07-01T00:05:00-05:00,2026-07-01 00:05:00,65.1,65.1,6.9,11.6,15.0,214,0,0,0.04,29.89,55\n",
            rows: 1,
            at: 0,
            time: "2026-07-01T05:05:00Z",
            want: [s(18.389), s(55.0), s(3.085), s(214.0), s(5.186), s(1012.192), s(1.016)],
            rain: RainKind::SinceMidnight,
        },
        Layout {
            of: "WeatherLink v2 CSV",
            said: &[("zone", "UTC"), ("time", "day-first")],
            text: "\"Ridge\"\n\"Period\",\"07/01/2026 - 07/02/2026\"\n\n\
                   \"Date & Time\",\"Barometer - hPa\",\"Temp - °C\",\"High Temp - °C\",\"Low Temp - °C\",\"Hum - %\",\"Dew Point - °C\",\"Avg Wind Speed - km/h\",\"Prevailing Wind Direction\",\"High Wind Speed - km/h\",\"High Wind Direction\",\"Rain - mm\",\"High Rain Rate - mm/h\"\n\
                   \"01/07/26 00:00\",\"1012.3\",\"18.4\",\"18.6\",\"18.3\",\"55\",\"9.2\",\"11.3\",\"SSW\",\"20.9\",\"SW\",\"0.2\",\"1.4\"\n\
                   \"01/07/26 00:15\",\"1012.3\",\"18.2\",\"18.4\",\"18.1\",\"56\",\"9.3\",\"--\",\"--\",\"--\",\"--\",\"0.0\",\"0.0\"\n",
            rows: 2,
            at: 0,
            time: "2026-07-01T00:00:00Z",
            want: [s(18.4), s(55.0), s(3.139), s(202.5), s(5.806), s(1012.3), s(0.2)],
            rain: RainKind::Increment,
        },
        Layout {
            of: "WeatherLink text",
            said: &[("zone", "-05:00"), ("format", "weatherlink-us")],
            text: "\t\tTemp\tHi\tLow\tOut\tDew\tWind\tWind\tWind\tHi\tHi\t\t\tRain\n\
                   Date\tTime\tOut\tTemp\tTemp\tHum\tPt.\tSpeed\tDir\tRun\tSpeed\tDir\tBar\tRain\tRate\n\
                   7/1/26\t12:30a\t64.9\t65.1\t64.8\t55\t48.3\t7.0\tSSW\t3.50\t13.0\tSW\t29.892\t0.01\t0.00\n\
                   7/1/26\t1:00p\t64.1\t64.9\t64.0\t57\t48.5\t0.0\t---\t3.00\t12.0\tSW\t29.893\t0.00\t0.00\n",
            rows: 2,
            at: 0,
            time: "2026-07-01T05:30:00Z",
            want: [s(18.278), s(55.0), s(3.129), s(202.5), s(5.812), s(1012.259), s(0.254)],
            rain: RainKind::Increment,
        },
        Layout {
            of: "WeatherLink v2 API",
            said: &[],
            text: "{\"sensors\":[{\"lsid\":1,\"data\":[{\"ts\":1782864000,\"temp_out\":65.1,\"hum_out\":55,\"wind_speed_avg\":6.9,\"rainfall_mm\":0.2}]},{\"lsid\":2,\"data\":[{\"ts\":1782864000,\"bar_absolute\":29.10}]}]}",
            rows: 1,
            at: 0,
            time: "2026-07-01T00:00:00Z",
            want: [s(18.389), s(55.0), s(3.085), NO, NO, s(985.439), s(0.2)],
            rain: RainKind::Increment,
        },
        Layout {
            of: "HOBO",
            said: &[("time", "month-first")],
            text: "\"Plot Title: Ridge\"\n\
                   \"#\",\"Date Time, GMT-07:00\",\"Temp, °C (LGR S/N: 10, SEN S/N: 11)\",\"RH, % (LGR S/N: 10, SEN S/N: 12)\",\"Wind Speed, m/s (LGR S/N: 10)\",\"Gust Speed, m/s (LGR S/N: 10)\",\"Wind Direction, ø (LGR S/N: 10)\",\"Rain, mm (LGR S/N: 10)\",\"Host Connected (LGR S/N: 10)\"\n\
                   1,07/01/26 12:00:00 AM,18.4,55.1,3.1,5.2,214,0.2,\n\
                   2,07/01/26 01:00:00 PM,18.1,56.1,3.0,5.0,210,0.0,Logged\n",
            rows: 2,
            at: 0,
            time: "2026-07-01T07:00:00Z",
            want: [s(18.4), s(55.1), s(3.1), s(214.0), s(5.2), NO, s(0.2)],
            rain: RainKind::Increment,
        },
        Layout {
            of: "weewx, US and metric rows",
            said: &[],
            text: "dateTime,usUnits,interval,outTemp,inTemp,outHumidity,windSpeed,windDir,windGust,barometer,pressure,rain\n\
                   1782864000,1,5,65.1,70.0,55.0,6.9,214.0,11.6,29.89,29.10,0.01\n\
                   1782864300,16,5,18.4,21.0,55.0,11.16,214.0,18.0,1012.3,985.2,0.05\n",
            rows: 2,
            at: 1,
            time: "2026-07-01T00:05:00Z",
            want: [s(18.4), s(55.0), s(3.1), s(214.0), s(5.0), s(985.2), s(0.5)],
            rain: RainKind::Increment,
        },
        Layout {
            of: "Home Assistant history",
            said: &[
                ("column", "temp_c=sensor.outdoor_temperature"),
                ("column", "rain_total_mm=sensor.rain"),
            ],
            text: "entity_id,state,last_changed\n\
                   sensor.outdoor_temperature,18.4,2026-07-01T00:00:00.000Z\n\
                   sensor.outdoor_humidity,55,2026-07-01T00:00:10.000Z\n\
                   sensor.rain,102.4,2026-07-01T00:00:00.000Z\n\
                   sensor.outdoor_temperature,18.0,2026-07-01T00:15:00.000Z\n\
                   sensor.outdoor_humidity,unavailable,2026-07-01T00:25:00.000Z\n",
            rows: 4,
            at: 2,
            time: "2026-07-01T00:20:00Z",
            want: [s(18.0), s(55.0), NO, NO, NO, NO, s(102.4)],
            rain: RainKind::Total,
        },
        Layout {
            of: "Home Assistant, history by its API",
            said: &[],
            text: "[[{\"entity_id\":\"sensor.outdoor_temperature\",\"state\":\"64.4\",\"attributes\":{\"unit_of_measurement\":\"°F\"},\"last_changed\":\"2026-07-01T00:00:00+00:00\"},{\"state\":\"65.3\",\"last_changed\":\"2026-07-01T00:20:00+00:00\"}],[{\"entity_id\":\"sensor.outdoor_humidity\",\"state\":\"55\",\"attributes\":{\"unit_of_measurement\":\"%\"},\"last_changed\":\"2026-07-01T00:01:00+00:00\"}]]",
            rows: 3,
            at: 2,
            time: "2026-07-01T00:20:00Z",
            want: [s(18.5), s(55.0), NO, NO, NO, NO, NO],
            rain: RainKind::Increment,
        },
        Layout {
            of: "InfluxDB, annotated",
            said: &[],
            text: "#group,false,false,true,true,false,false,true,true\n\
                   #datatype,string,long,dateTime:RFC3339,dateTime:RFC3339,dateTime:RFC3339,double,string,string\n\
                   #default,_result,,,,,,,\n\
                   ,result,table,_start,_stop,_time,_value,_field,_measurement\n\
                   ,,0,2026-07-01T00:00:00Z,2026-07-02T00:00:00Z,2026-07-01T00:00:00Z,18.4,temp_c,weather\n\
                   ,,0,2026-07-01T00:00:00Z,2026-07-02T00:00:00Z,2026-07-01T01:00:00Z,18.1,temp_c,weather\n\
                   \n\
                   #group,false,false,true,true,false,false,true,true\n\
                   ,result,table,_start,_stop,_time,_value,_field,_measurement\n\
                   ,,1,2026-07-01T00:00:00Z,2026-07-02T00:00:00Z,2026-07-01T00:00:00Z,55,humidity,weather\n\
                   ,,1,2026-07-01T00:00:00Z,2026-07-02T00:00:00Z,2026-07-01T01:00:00Z,57,humidity,weather\n",
            rows: 2,
            at: 1,
            time: "2026-07-01T01:00:00Z",
            want: [s(18.1), s(57.0), NO, NO, NO, NO, NO],
            rain: RainKind::Increment,
        },
        Layout {
            of: "InfluxDB, a row a time",
            said: &[],
            text: "name,time,humidity,temp_c,wind_m_s\nweather,1782864000000000000,55,18.4,3.1\n",
            rows: 1,
            at: 0,
            time: "2026-07-01T00:00:00Z",
            want: [s(18.4), s(55.0), s(3.1), NO, NO, NO, NO],
            rain: RainKind::Increment,
        },
        Layout {
            of: "rtl_433",
            said: &[("zone", "UTC")],
            text: "{\"time\":\"2026-07-01 00:00:00\",\"model\":\"Fineoffset-WS90\",\"id\":1,\"battery_ok\":1,\"temperature_C\":18.4,\"humidity\":55,\"wind_avg_m_s\":3.1,\"wind_max_m_s\":5.2,\"wind_dir_deg\":214,\"rain_mm\":102.4}\n",
            rows: 1,
            at: 0,
            time: "2026-07-01T00:00:00Z",
            want: [s(18.4), s(55.0), s(3.1), s(214.0), s(5.2), NO, s(102.4)],
            rain: RainKind::Total,
        },
        Layout {
            of: "a logger of one's own",
            said: &[("zone", "UTC"), ("column", "temp_c=temp"), ("column", "rain_mm=4")],
            text: "Date,Time,temp,regen,hum\n2026-07-01,00:00:00,18.4,0.2,55\n",
            rows: 1,
            at: 0,
            time: "2026-07-01T00:00:00Z",
            want: [s(18.4), s(55.0), NO, NO, NO, NO, s(0.2)],
            rain: RainKind::Increment,
        },
    ]);
}

#[test]
fn networks_and_services() {
    check(&[
        Layout {
            of: "IEM ASOS",
            said: &[],
            text: "#DEBUG: Format Typ    -> comma\n#DEBUG: Time Zone    -> UTC\n\
                   station,valid,tmpf,dwpf,relh,drct,sknt,p01i,alti,mslp,gust,wxcodes,metar\n\
                   OTM,2026-07-01 00:55,65.12,48.20,54.30,210.00,6.00,T,29.89,1012.30,M,-RA,KOTM 010055Z 21006KT 10SM -RA 18/09 A2989\n\
                   OTM,2026-07-01 01:12,M,M,M,VRB,3.00,0.02,29.89,M,M,M,KOTM 010112Z\n",
            rows: 2,
            at: 0,
            time: "2026-07-01T00:55:00Z",
            want: [s(18.4), s(54.3), s(3.087), s(210.0), NO, s(1012.192), s(0.0)],
            rain: RainKind::SinceHour,
        },
        Layout {
            of: "NOAA ISD",
            said: &[],
            text: "\"STATION\",\"DATE\",\"SOURCE\",\"REPORT_TYPE\",\"WND\",\"TMP\",\"DEW\",\"SLP\",\"AA1\"\n\
                   \"72503014732\",\"2026-07-01T00:51:00\",\"7\",\"FM-15\",\"210,5,N,0031,5\",\"+0184,5\",\"+0092,5\",\"10123,5\",\"01,0002,9,5\"\n\
                   \"72503014732\",\"2026-07-01T01:51:00\",\"7\",\"FM-15\",\"999,9,V,0015,5\",\"+9999,9\",\"+9999,9\",\"99999,9\",\"\"\n",
            rows: 2,
            at: 0,
            time: "2026-07-01T00:51:00Z",
            // es(9.2)/es(18.4) by Magnus: 11.627/21.135.
            want: [s(18.4), s(55.013), s(3.1), s(210.0), NO, s(1012.3), s(0.2)],
            rain: RainKind::SinceHour,
        },
        Layout {
            of: "NOAA ISD-Lite",
            said: &[("format", "isd-lite")],
            text: "2026 07 01 00   184    92 10123   210    31     0     2 -9999\n2026 07 01 01 -9999 -9999 -9999 -9999 -9999 -9999 -9999 -9999\n",
            rows: 2,
            at: 0,
            time: "2026-07-01T00:00:00Z",
            want: [s(18.4), s(55.013), s(3.1), s(210.0), NO, s(1012.3), s(0.2)],
            rain: RainKind::Increment,
        },
        Layout {
            of: "GHCNh",
            said: &[],
            text: "Station_ID|Station_name|Year|Month|Day|Hour|Minute|Latitude|Longitude|temperature|temperature_Measurement_Code|temperature_Quality_Code|dew_point_temperature|station_level_pressure|sea_level_pressure|wind_direction|wind_speed|wind_gust|precipitation|relative_humidity\n\
                   USW0001|RIDGE|2026|07|01|00|53|45.0|-75.0|18.4||5|9.2|985.2|1012.3|210|3.1|5.2|0.2|55\n",
            rows: 1,
            at: 0,
            time: "2026-07-01T00:53:00Z",
            want: [s(18.4), s(55.0), s(3.1), s(210.0), s(5.2), s(985.2), s(0.2)],
            rain: RainKind::SinceHour,
        },
        Layout {
            of: "METAR",
            said: &[("time", "2026-07")],
            text: "KOTM 010055Z 21006G15KT 10SM -RA 18/09 A2989 RMK AO2 P0002 T01830089\nKOTM 010155Z VRB03KT 10SM CLR 17/09 A2990\n",
            rows: 2,
            at: 0,
            time: "2026-07-01T00:55:00Z",
            // es(8.9)/es(18.3): 11.395/21.002.
            want: [s(18.3), s(54.251), s(3.087), s(210.0), s(7.717), s(1012.2), s(0.508)],
            rain: RainKind::SinceHour,
        },
        Layout {
            of: "Synoptic",
            said: &[],
            text: "# STATION: TR123\n# STATION NAME: RIDGE\n# LATITUDE: 45.0\n\
                   Station_ID,Date_Time,air_temp_set_1,relative_humidity_set_1,wind_speed_set_1,wind_direction_set_1,wind_gust_set_1,precip_accum_set_1\n\
                   ,,Celsius,%,m/s,Degrees,m/s,Millimeters\n\
                   TR123,07/01/2026 00:51 UTC,18.4,55,3.1,214,5.2,102.4\n",
            rows: 1,
            at: 0,
            time: "2026-07-01T00:51:00Z",
            want: [s(18.4), s(55.0), s(3.1), s(214.0), s(5.2), NO, s(102.4)],
            rain: RainKind::Total,
        },
        Layout {
            of: "WRCC",
            said: &[("zone", "-08:00")],
            text: ":       LST\t mm \tdeg C\t%\t m/s \t Deg \n:Date/Time\tPrecip\tTemp\tRH\tWind Speed\tWind Direc\n2607010100\t0.2\t18.4\t55\t3.1\t214\n",
            rows: 1,
            at: 0,
            time: "2026-07-01T09:00:00Z",
            want: [s(18.4), s(55.0), s(3.1), s(214.0), NO, NO, s(0.2)],
            rain: RainKind::Increment,
        },
        Layout {
            of: "DWD, temperature",
            said: &[],
            text: "STATIONS_ID;MESS_DATUM;QN_9;TT_TU;RF_TU;eor\n        44;2026070100;    3;  18.4;  55.0;eor\n        44;2026070101;    3;-999.0;-999.0;eor\n",
            rows: 2,
            at: 0,
            time: "2026-07-01T00:00:00Z",
            want: [s(18.4), s(55.0), NO, NO, NO, NO, NO],
            rain: RainKind::Increment,
        },
        Layout {
            of: "DWD, wind",
            said: &[],
            text: "STATIONS_ID;MESS_DATUM;QN;FF_10;DD_10;eor\n 44;202607010010; 3; 3.1; 210;eor\n",
            rows: 1,
            at: 0,
            time: "2026-07-01T00:10:00Z",
            want: [NO, NO, s(3.1), s(210.0), NO, NO, NO],
            rain: RainKind::Increment,
        },
        Layout {
            of: "BOM",
            said: &[],
            text: "[notice]\ncopyright[80]=\"Copyright\"\n[$]\n\n[data]\n\
                   sort_order,wmo[80],name[80],history_product[80],local_date_time[80],local_date_time_full[80],aifstime_utc[80],lat,lon,apparent_t,gust_kmh,gust_kt,air_temp,dewpt,press,rain_trace[80],rel_hum,wind_dir[80],wind_spd_kmh,wind_spd_kt\n\
                   0,94768,\"Sydney\",\"IDN60901\",\"01/11:00pm\",\"20260701230000\",\"20260701130000\",-33.9,151.2,12.1,20,11,14.2,8.1,1012.3,\"0.4\",66,\"CALM\",0,0\n[$]\n",
            rows: 1,
            at: 0,
            time: "2026-07-01T13:00:00Z",
            want: [s(14.2), s(66.0), s(0.0), NO, s(5.556), s(1012.3), s(0.4)],
            rain: RainKind::SinceMidnight,
        },
        Layout {
            of: "Meteostat",
            said: &[],
            text: "time,temp,dwpt,rhum,prcp,snow,wdir,wspd,wpgt,pres,tsun,coco\n2026-07-01 00:00:00,18.4,9.2,55.0,0.2,,210.0,11.2,,1012.3,,\n",
            rows: 1,
            at: 0,
            time: "2026-07-01T00:00:00Z",
            want: [s(18.4), s(55.0), s(3.111), s(210.0), NO, s(1012.3), s(0.2)],
            rain: RainKind::Increment,
        },
        Layout {
            of: "Meteostat, without a header",
            said: &[("format", "meteostat")],
            text: "2026-07-01,0,18.4,9.2,55,,,210,11.2,,1012.3,,\n2026-07-01,13,17.9,9.2,57,0.2,,214,11.2,,1012.4,,\n",
            rows: 2,
            at: 1,
            time: "2026-07-01T13:00:00Z",
            want: [s(17.9), s(57.0), s(3.111), s(214.0), NO, s(1012.4), s(0.2)],
            rain: RainKind::Increment,
        },
        Layout {
            of: "Open-Meteo",
            said: &[],
            text: "latitude,longitude,elevation,utc_offset_seconds,timezone,timezone_abbreviation\n47.4,8.55,408.0,7200,No/Where,GMT+2\n\n\
                   time,temperature_2m (°C),relative_humidity_2m (%),precipitation (mm),wind_speed_10m (km/h),wind_direction_10m (°),wind_gusts_10m (km/h),surface_pressure (hPa),soil_temperature_0_to_7cm (°C)\n\
                   2026-07-01T00:00,18.4,55,0.20,11.2,210,20.2,965.3,20.0\n",
            rows: 1,
            at: 0,
            time: "2026-06-30T22:00:00Z",
            want: [s(18.4), s(55.0), s(3.111), s(210.0), s(5.611), s(965.3), s(0.2)],
            rain: RainKind::Increment,
        },
        Layout {
            of: "Open-Meteo, JSON",
            said: &[],
            text: "{\"utc_offset_seconds\":0,\"hourly_units\":{\"time\":\"iso8601\",\"temperature_2m\":\"°F\",\"relative_humidity_2m\":\"%\"},\"hourly\":{\"time\":[\"2026-07-01T00:00\"],\"temperature_2m\":[65.12],\"relative_humidity_2m\":[55]}}",
            rows: 1,
            at: 0,
            time: "2026-07-01T00:00:00Z",
            want: [s(18.4), s(55.0), NO, NO, NO, NO, NO],
            rain: RainKind::Increment,
        },
        Layout {
            of: "NDBC",
            said: &[],
            text: "#YY  MM DD hh mm WDIR WSPD GST  WVHT   DPD   APD MWD   PRES  ATMP  WTMP  DEWP  VIS PTDY  TIDE\n\
                   #yr  mo dy hr mn degT m/s  m/s     m   sec   sec degT   hPa  degC  degC  degC  nmi  hPa    ft\n\
                   2026 07 01 00 50  210  3.1  5.2    MM    MM    MM  MM 1012.3  18.4    MM   9.2   MM   MM    MM\n",
            rows: 1,
            at: 0,
            time: "2026-07-01T00:50:00Z",
            want: [s(18.4), s(55.013), s(3.1), s(210.0), s(5.2), s(1012.3), NO],
            rain: RainKind::Increment,
        },
        Layout {
            of: "NDBC of old, 99 and 999 for missing",
            said: &[],
            text: "YYYY MM DD hh mm  WD  WSPD GST  WVHT  DPD   APD  MWD  BAR    ATMP  WTMP  DEWP  VIS  TIDE\n\
                   2005 07 01 00 50 999 99.0 99.0 99.00 99.00 99.00 999  999.3  18.4 999.0 999.0 99.0 99.00\n",
            rows: 1,
            at: 0,
            time: "2005-07-01T00:50:00Z",
            want: [s(18.4), NO, NO, NO, NO, s(999.3), NO],
            rain: RainKind::Increment,
        },
        Layout {
            of: "SMHI",
            said: &[],
            text: "Stationsnamn;Klimatnummer;Mäthöjd\nRidge;123;2.0\n\nDatum;Tid (UTC);Lufttemperatur;Kvalitet;;Tidsutsnitt:\n2026-07-01;00:00:00;18.4;G;;Kvalitetskontrollerade\n2026-07-01;01:00:00;18.1;G;;\n",
            rows: 2,
            at: 0,
            time: "2026-07-01T00:00:00Z",
            want: [s(18.4), NO, NO, NO, NO, NO, NO],
            rain: RainKind::Increment,
        },
        Layout {
            of: "FMI",
            said: &[],
            text: "\"Observation station\",\"Year\",\"Month\",\"Day\",\"Time [UTC]\",\"Average temperature [°C]\",\"Relative humidity [%]\",\"Wind speed [m/s]\",\"Precipitation amount [mm]\"\n\"Ridge\",\"2026\",\"7\",\"1\",\"13:00\",\"18.4\",\"55\",\"3.1\",\"0.2\"\n",
            rows: 1,
            at: 0,
            time: "2026-07-01T13:00:00Z",
            want: [s(18.4), s(55.0), s(3.1), NO, NO, NO, s(0.2)],
            rain: RainKind::Increment,
        },
        Layout {
            of: "KNMI, whose RH is rain",
            said: &[],
            text: "# STN      = station\n# STN,YYYYMMDD,   HH,   DD,   FH,   FF,   FX,    T, T10N,   TD,   DR,   RH,    P,    U\n\n  260,20260701,    1,  210,   30,   31,   52,  184,     ,   92,    0,    2,10123,   55\n  260,20260701,   24,  990,   30,   31,   52,  184,     ,   92,    0,   -1,10123,   55\n",
            rows: 2,
            at: 0,
            time: "2026-07-01T01:00:00Z",
            want: [s(18.4), s(55.0), s(3.1), s(210.0), s(5.2), s(1012.3), s(0.2)],
            rain: RainKind::Increment,
        },
        Layout {
            of: "Météo-France",
            said: &[],
            text: "NUM_POSTE;NOM_USUEL;LAT;LON;ALTI;AAAAMMJJHH;RR1;QRR1;FF;QFF;DD;QDD;FXI;QFXI;T;QT;TD;QTD;U;QU;PMER;QPMER\n01014002;ARBENT;46.27;5.66;534;2026070100;0.2;1;3.1;1;210;1;5.2;1;18.4;1;9.2;1;55;1;1012.3;1\n",
            rows: 1,
            at: 0,
            time: "2026-07-01T00:00:00Z",
            want: [s(18.4), s(55.0), s(3.1), s(210.0), s(5.2), s(1012.3), s(0.2)],
            rain: RainKind::Increment,
        },
        Layout {
            of: "Environment Canada",
            said: &[("zone", "-05:00")],
            text: "\"Longitude (x)\",\"Latitude (y)\",\"Station Name\",\"Climate ID\",\"Date/Time (LST)\",\"Year\",\"Month\",\"Day\",\"Time (LST)\",\"Flag\",\"Temp (°C)\",\"Temp Flag\",\"Dew Point Temp (°C)\",\"Rel Hum (%)\",\"Precip. Amount (mm)\",\"Wind Dir (10s deg)\",\"Wind Dir Flag\",\"Wind Spd (km/h)\",\"Visibility (km)\",\"Stn Press (kPa)\",\"Hmdx\",\"Wind Chill\",\"Weather\"\n\"-75.7\",\"45.3\",\"OTTAWA\",\"6105978\",\"2026-07-01 00:00\",\"2026\",\"07\",\"01\",\"00:00\",\"\",\"18.4\",\"\",\"9.2\",\"55\",\"0.2\",\"21\",\"\",\"11.16\",\"16.1\",\"101.23\",\"\",\"\",\"NA\"\n",
            rows: 1,
            at: 0,
            time: "2026-07-01T05:00:00Z",
            want: [s(18.4), s(55.0), s(3.1), s(210.0), NO, s(1012.3), s(0.2)],
            rain: RainKind::Increment,
        },
        Layout {
            of: "Weather Underground",
            said: &[],
            text: "Time,TemperatureF,DewpointF,PressureIn,WindDirection,WindDirectionDegrees,WindSpeedMPH,WindSpeedGustMPH,Humidity,HourlyPrecipIn,Conditions,dailyrainin,DateUTC\n2026-07-01 02:00:00,65.1,48.6,29.89,SW,214,6.9,11.6,55,0.00,,0.50,2026-07-01 00:00:00\n",
            rows: 1,
            at: 0,
            time: "2026-07-01T00:00:00Z",
            want: [s(18.389), s(55.0), s(3.085), s(214.0), s(5.186), s(1012.192), s(12.7)],
            rain: RainKind::SinceMidnight,
        },
        Layout {
            of: "Meteomatics",
            said: &[],
            text: "validdate;t_2m:C;relative_humidity_2m:p;precip_1h:mm;wind_speed_10m:ms\n2026-07-01T00:00:00Z;18.4;55.0;0.2;3.1\n",
            rows: 1,
            at: 0,
            time: "2026-07-01T00:00:00Z",
            want: [s(18.4), s(55.0), s(3.1), NO, NO, NO, s(0.2)],
            rain: RainKind::SinceHour,
        },
        Layout {
            of: "api.weather.gov",
            said: &[],
            text: "{\"features\":[{\"geometry\":{\"coordinates\":[-75,45]},\"properties\":{\"timestamp\":\"2026-07-01T00:51:00+00:00\",\"temperature\":{\"unitCode\":\"wmoUnit:degC\",\"value\":18.4},\"relativeHumidity\":{\"unitCode\":\"wmoUnit:percent\",\"value\":55},\"windSpeed\":{\"unitCode\":\"wmoUnit:km_h-1\",\"value\":11.16},\"barometricPressure\":{\"unitCode\":\"wmoUnit:Pa\",\"value\":101230},\"maxTemperatureLast24Hours\":{\"unitCode\":\"wmoUnit:degC\",\"value\":null}}}]}",
            rows: 1,
            at: 0,
            time: "2026-07-01T00:51:00Z",
            want: [s(18.4), s(55.0), s(3.1), NO, NO, s(1012.3), NO],
            rain: RainKind::Increment,
        },
    ]);
}

#[test]
fn cffdrs_and_other_daily_tables_are_read_at_noon() {
    let want = [s(17.0), s(42.0), s(6.944), NO, NO, NO, s(0.0)];
    let daily = |of, said, text, time| Layout {
        of,
        said,
        text,
        rows: 2,
        at: 0,
        time,
        want,
        rain: RainKind::Increment,
    };
    check(&[
        // Noon of UTC−7, the whole hours nearest to 100° W.
        daily(
            "cffdrs daily",
            &[],
            "long;lat;yr;mon;day;temp;rh;ws;prec\n-100;40;1985;4;13;17;42;25;0\n-100;40;1985;4;14;20;21;25;2.4\n",
            "1985-04-13T19:00:00Z",
        ),
        daily(
            "cffdrs daily, with its results",
            &[("zone", "UTC")],
            "\"\",\"LONG\",\"LAT\",\"YR\",\"MON\",\"DAY\",\"TEMP\",\"RH\",\"WS\",\"PREC\",\"FFMC\",\"DMC\",\"DC\",\"ISI\",\"BUI\",\"FWI\",\"DSR\"\n\"1\",-100,40,1985,4,13,17,42,25,0,87.7,8.5,19.0,10.9,8.5,10.1,1.6\n\"2\",-100,40,1985,4,14,20,21,25,2.4,86.2,10.4,23.6,8.8,10.4,9.3,1.4\n",
            "1985-04-13T19:00:00Z",
        ),
        daily(
            "dates alone",
            &[("longitude", "-75")],
            "time,temp_c,rh_percent,wind_km_h,rain_mm\n1985-04-13,17,42,25,0\n1985-04-14,20,21,25,2.4\n",
            "1985-04-13T17:00:00Z",
        ),
        daily(
            "cffdrs hourly",
            &[],
            "\"id\",\"lat\",\"long\",\"timezone\",\"yr\",\"mon\",\"day\",\"hr\",\"temp\",\"rh\",\"ws\",\"prec\"\n\"PRF\",46.0,-77.4,-4,1985,4,13,8,17,42,25,0\n\"PRF\",46.0,-77.4,-4,1985,4,13,9,18,41,25,0\n",
            "1985-04-13T12:00:00Z",
        ),
    ]);
}
